namespace FlowGpt.Simulator.Replies;

/// <summary>Everything else: <c>Echo: </c> and the question.</summary>
internal sealed class EchoRule : IReplyRule
{
    public string TryReply(in ReplyContext context) => "Echo: " + context.Question;
}
