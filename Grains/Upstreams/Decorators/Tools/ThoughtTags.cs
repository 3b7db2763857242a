namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>The tags between which some models write what they think before the answer.</summary>
internal static class ThoughtTags
{
    private static readonly byte[][] Closing = ["</think>"u8.ToArray(), "</thinking>"u8.ToArray()];

    /// <summary>The tag that ends thoughts.</summary>
    public const string End = "</think>";

    public static byte[][] Opening { get; } = ["<think>"u8.ToArray(), "<thinking>"u8.ToArray()];

    /// <summary>Whether the text begins with the tag that ends thoughts.</summary>
    public static TagMatch MatchClosing(ReadOnlySpan<byte> text, out int length)
    {
        var match = TagMatch.No;
        length = 0;
        foreach (var tag in Closing)
        {
            if (text.StartsWith(tag))
            {
                length = tag.Length;
                return TagMatch.Yes;
            }

            match = tag.AsSpan().StartsWith(text) ? TagMatch.Maybe : match;
        }

        return match;
    }
}
