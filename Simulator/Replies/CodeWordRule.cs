using System.Text.RegularExpressions;

namespace FlowGpt.Simulator.Replies;

/// <summary>
/// "Code word: X" in any earlier message that is not the assistant's is remembered; a question that mentions the code word without
/// giving one is answered with the latest. Shows whether context reached the upstream.
/// </summary>
internal sealed partial class CodeWordRule : IReplyRule
{
    private const string Mention = "code word";

    public string? TryReply(in ReplyContext context)
    {
        if (!context.Question.Contains(Mention, StringComparison.OrdinalIgnoreCase) || Given().IsMatch(context.Question))
        {
            return null;
        }

        var earlier = context.Earlier();
        for (var i = earlier.Count - 1; i >= 0; i--)
        {
            if (earlier[i].Role != "assistant" && Given().Match(earlier[i].Text) is { Success: true } match)
            {
                return $"The code word is {match.Groups["word"].Value}.";
            }
        }

        return "I was not told a code word.";
    }

    [GeneratedRegex(
        @"code word\s*(?::|\bis\b)\s*(?<word>[\w-]+)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.RightToLeft
    )]
    private static partial Regex Given();
}
