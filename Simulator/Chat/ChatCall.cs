using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Conversations;
using FlowGpt.Simulator.Replies;

namespace FlowGpt.Simulator.Chat;

/// <summary>One chat request on its way through the simulator.</summary>
internal sealed class ChatCall
{
    private static readonly FaultSettings NoFault = new();

    public required HttpContext Context { get; init; }

    public required Account Account { get; init; }

    public required ChatRequest Request { get; init; }

    /// <summary>The question without directives.</summary>
    public required string Question { get; init; }

    /// <summary>What the question's directives set, or null.</summary>
    public required BehaviourSettings? Directives { get; init; }

    public required ReplyBehaviour Behaviour { get; init; }

    /// <summary>The upstream conversation, or null when the request brings its own history.</summary>
    public Conversation? Conversation { get; set; }

    public FaultSettings Fault { get; set; } = NoFault;

    public DateTimeOffset Arrived { get; set; }

    public ReplyProgress Progress { get; } = new();

    /// <summary>The messages before the question, oldest first.</summary>
    public IReadOnlyList<ContextMessage> Earlier()
    {
        if (Conversation is not null)
        {
            return Conversation.Messages();
        }

        var history = (Request.History ?? []).Select(message => new ContextMessage(message.Role ?? "user", message.Content ?? ""));
        return Request.System is { } system ? [new ContextMessage("system", system), .. history] : [.. history];
    }
}
