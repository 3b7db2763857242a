namespace FlowGpt.Grains.Reservations;

/// <summary>How many tokens of a reply are reserved at one time.</summary>
public static class ReplyBlock
{
    /// <summary>One block. A request without a maximum, or with a larger maximum, begins with a block.</summary>
    public const long Tokens = 2048;

    /// <summary>A request for more tokens than this at one time gets at most half of what is left, so that other requests find room too.</summary>
    public const long InFull = 4 * Tokens;

    /// <summary>A reply shorter than this is not worth a call, unless the request wants no more.</summary>
    public const long Least = 64;

    /// <summary>No request needs more than this, so that sums of a few cannot overflow.</summary>
    public const long Most = long.MaxValue / 1024;

    /// <summary>What a request needs before it can begin.</summary>
    /// <param name="promptTokens">Tokens of its prompt.</param>
    /// <param name="maxReplyTokens">The most its reply may have; null when it names no maximum.</param>
    /// <returns>What it cannot do without, and what it should get where a limit is large enough.</returns>
    public static (long Least, long Wanted) Need(long promptTokens, long? maxReplyTokens)
    {
        var prompt = Math.Clamp(promptTokens, 0, Most);
        var reply = Math.Clamp(maxReplyTokens ?? Tokens, 0, Tokens);
        return (prompt + Math.Min(reply, Least), prompt + reply);
    }
}
