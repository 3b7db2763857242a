namespace FlowGpt.Grains.Upstreams;

/// <summary>Counts of tokens as providers report them.</summary>
internal static class ReportedTokens
{
    /// <summary>More than any model takes or makes. Sums of some such counts still fit into 32 bits.</summary>
    public const int Most = 100_000_000;

    /// <summary>The count within what can be true: no provider's figure may turn a sum negative.</summary>
    public static int Of(long reported) => (int)Math.Clamp(reported, 0, Most);
}
