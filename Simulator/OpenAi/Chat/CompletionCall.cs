using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.OpenAi.Requests;
using FlowGpt.Simulator.Replies;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Simulator.OpenAi.Chat;

/// <summary>One chat completion on its way through the simulator.</summary>
internal sealed class CompletionCall
{
    public required HttpContext Context { get; init; }

    public required Account Account { get; init; }

    public required CompletionRequest Request { get; init; }

    /// <summary>The request's body as received.</summary>
    public required string Body { get; init; }

    /// <summary>The latest user message without directives.</summary>
    public required string Question { get; init; }

    public required BehaviourSettings? Directives { get; init; }

    public required ReplyBehaviour Behaviour { get; init; }

    public FaultSettings Fault { get; set; } = new();

    public DateTimeOffset Arrived { get; set; }

    public string Id { get; } = "chatcmpl-" + NanoId.Create();

    /// <summary>Text that was written.</summary>
    public SentText Text { get; set; }

    /// <summary>Tokens that were written or thought and are not text.</summary>
    public int OtherTokens { get; set; }

    /// <summary>Tool calls that were begun.</summary>
    public int Calls { get; set; }

    /// <summary>How it ends. Until something else is known, a reply that stops was cut by its client.</summary>
    public ReplyEnd End { get; set; } = ReplyEnd.CutByClient;
}
