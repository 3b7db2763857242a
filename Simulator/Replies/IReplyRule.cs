namespace FlowGpt.Simulator.Replies;

/// <summary>One way of answering. Rules are asked in a fixed order and the first that has an answer gives it.</summary>
internal interface IReplyRule
{
    /// <returns>The reply's text, or null when the question is not for this rule.</returns>
    string? TryReply(in ReplyContext context);
}
