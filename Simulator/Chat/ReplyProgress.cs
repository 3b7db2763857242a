using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Replies;

namespace FlowGpt.Simulator.Chat;

/// <summary>How far a reply has come, known even when sending it fails.</summary>
internal sealed class ReplyProgress
{
    public SentText Sent { get; set; }

    /// <summary>How it ends. Until something else is known, a reply that stops was cut by its client.</summary>
    public ReplyEnd End { get; set; } = ReplyEnd.CutByClient;
}
