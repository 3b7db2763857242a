using System.Text.RegularExpressions;

namespace FlowGpt.Simulator.Replies;

/// <summary>"Reply with exactly: X", "say exactly X": the reply is X, to the end of the question.</summary>
internal sealed partial class ExactReplyRule : IReplyRule
{
    public string? TryReply(in ReplyContext context)
    {
        // Most questions are settled by this; the expression is ten times dearer.
        if (!context.Question.Contains("exactly", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var match = Pattern().Match(context.Question);
        return match.Success ? match.Groups["text"].Value : null;
    }

    [GeneratedRegex(
        @"\b(?:reply|say)\s+(?:with\s+)?exactly\s*[:\s]\s*(?<text>\S.*?)\s*$",
        RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant
    )]
    private static partial Regex Pattern();
}
