using System.Text.RegularExpressions;

namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>
/// Text of people and of tools inside a prompt. What looks like a tag of the protocol gets an underscore after its <c>&lt;</c>, one more than it has, so that no text
/// can forge a call or a result; <see cref="ToolReplyParser"/> removes one underscore again where a model repeats such text, so that clients get the text unaltered. Pure.
/// </summary>
internal static partial class ProtocolText
{
    /// <summary>The text as the prompt shows it.</summary>
    public static string Escape(string text) => text.Contains('<') ? Tag().Replace(text, "<_") : text;

    /// <summary>The text as it was before <see cref="Escape"/>.</summary>
    public static string Unescape(string text) => text.Contains("<_", StringComparison.Ordinal) ? Escaped().Replace(text, "<") : text;

    /// <summary>The text without tags: what a client gets of a block that is no call.</summary>
    public static string WithoutTags(string text) => Unescape(Whole().Replace(text, ""));

    [GeneratedRegex(
        @"</?(?:tool[_-]?calls?|tool_use|function_calls?|tool_(?:response|result)s?)\b[^<>{]*>",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Whole();

    [GeneratedRegex(
        @"<(?=_*/?(?:tool[_-]?calls?|tool_use|function_calls?|tool_(?:response|result)s?)(?![a-z_-]))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Tag();

    [GeneratedRegex(
        @"<_(?=_*/?(?:tool[_-]?calls?|tool_use|function_calls?|tool_(?:response|result)s?)(?![a-z_-]))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Escaped();
}
