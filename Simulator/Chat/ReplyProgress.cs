using FlowGpt.Simulator.Replies;

namespace FlowGpt.Simulator.Chat;

/// <summary>How far a reply has come.</summary>
internal sealed class ReplyProgress
{
    public SentText Sent { get; set; }
}
