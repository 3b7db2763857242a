using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Turns;

/// <summary>The most tokens that a turn's reply may have, where tokens are limited: what is reserved for the reply, and sent upstream. One per turn; pure.</summary>
/// <param name="named">What the request names; null when it names none.</param>
/// <param name="unnamed">What is reserved for a request that names none.</param>
internal sealed class ReplyMaximum(int? named, int unnamed)
{
    private static readonly string[] Fields = ["max_tokens", "max_completion_tokens", "max_output_tokens"];

    private int _unnamed = unnamed;
    private bool _isLowered;

    /// <summary>What the latest attempt sent upstream because of a limit; null when nothing is limited, or the upstream takes no maximum.</summary>
    public int? Sent { get; set; }

    /// <summary>How many tokens a reply should get.</summary>
    /// <param name="ofKind">What the provider kind sends where a request names no maximum; null when it sends none.</param>
    /// <param name="window">Most tokens of context and reply; null when unknown.</param>
    /// <param name="promptTokens">Tokens of the prompt. The provider may count some more.</param>
    public int For(int? ofKind, int? window, int promptTokens)
    {
        if (named is { } most)
        {
            return most;
        }

        var wanted = Math.Min(_unnamed, ofKind ?? int.MaxValue);
        var left = window - promptTokens - Math.Max(ReplyBlock.Least, promptTokens / 8) ?? long.MaxValue;
        return (int)Math.Max(Math.Min(wanted, left), Math.Min(wanted, ReplyBlock.Least));
    }

    /// <summary>Whether the upstream, or a decorator, ends a reply of this length by itself: our count of it may be somewhat larger than the provider's.</summary>
    public bool EndsReply(ReplyAllowance reply) => reply.Received >= (Sent ?? named) && reply.Excess <= ReplyBlock.Tokens;

    /// <summary>
    /// A refusal of a maximum that the client did not name is ours to mend, once: the model's replies may have no more than a smaller number.
    /// </summary>
    /// <returns>Whether the attempt is made again.</returns>
    public bool Lower(UpstreamFailure failure)
    {
        var isAboutMaximum =
            failure.Reason == FailureReason.ContextTooLong
            || (failure.Reason == FailureReason.InvalidParameter && Fields.Contains(failure.Param, StringComparer.Ordinal));
        if (named is not null || Sent is null || _isLowered || !isAboutMaximum)
        {
            return false;
        }

        _isLowered = true;
        _unnamed = (int)Math.Min(_unnamed, ReplyBlock.Tokens / 2);
        return true;
    }
}
