using System.Text;
using System.Text.RegularExpressions;
using FlowGpt.Grains.Replies;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Replies;

public sealed partial class ResponsePrefixCleanerTests
{
    /// <summary>Defect 2 of the original proxy, first half: a stripped prefix made the answer appear twice, a plain one stopped streaming.</summary>
    [Theory]
    [InlineData("**GPT-4 Response:** Hello", "Hello")]
    [InlineData("  \n**Response:**\n\nHello", "Hello")]
    [InlineData("**A**B Response:** Hello", "**A**B Response:** Hello")]
    [InlineData("Hello. **GPT-4 Response:** again", "Hello. **GPT-4 Response:** again")]
    [InlineData("**Bold** text", "**Bold** text")]
    [InlineData("**GPT-4\nResponse:** Hello", "**GPT-4\nResponse:** Hello")]
    [InlineData("**Response: Response:** Hello", "Hello")]
    [InlineData("**Response:* * Hello", "**Response:* * Hello")]
    [InlineData("**GPT-4 Response:**", "")]
    [InlineData("**GPT-4 Respon", "**GPT-4 Respon")]
    [InlineData("   ", "   ")]
    [InlineData("", "")]
    public void Clean_KnownReply_GivesAnswerOnce(string reply, string expected)
    {
        Assert.Equal(expected, Clean([reply]));
        Assert.Equal(expected, Clean([.. reply.EnumerateRunes().Select(rune => rune.ToString())]));
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(61, false)]
    public void Clean_LabelAtItsLongest_FollowsTheExpression(int length, bool cleaned)
    {
        var reply = $"**{new string('x', length)}Response:**Hi";

        Assert.Equal(cleaned ? "Hi" : reply, Clean([reply]));
        Assert.Equal(Expression().Replace(reply, ""), Clean([reply]));
    }

    [Property(MaxTest = 2000, Arbitrary = [typeof(Replies)])]
    public void Clean_AnySplit_EqualsTheExpressionOnTheWholeText(SplitText reply) =>
        Assert.Equal(Expression().Replace(reply.Whole, ""), Clean(reply.Fragments));

    [Property(MaxTest = 2000, Arbitrary = [typeof(Replies)])]
    public void Push_AnySplit_HoldsOnlyWhatMayStillMatch(SplitText reply)
    {
        var cleaner = new ResponsePrefixCleaner();
        var seen = "";
        var released = "";
        foreach (var fragment in reply.Fragments)
        {
            seen += fragment;
            cleaner.Push(Encoding.UTF8.GetBytes(fragment), out var first, out var rest);
            released += Encoding.UTF8.GetString(first) + Encoding.UTF8.GetString(rest);

            // Text that may still be a prefix is held back whole; other text is released whole.
            var match = Expression().Match(seen);
            var expected =
                match.Success ? seen[match.Length..]
                : CanStillMatch(seen) ? ""
                : seen;
            Assert.Equal(expected, released);
        }
    }

    /// <summary>Written from the specification, not from the implementation: is there a continuation that the expression accepts?</summary>
    private static bool CanStillMatch(string text)
    {
        var label = text.TrimStart();
        if (label.Length < 2)
        {
            return "**".StartsWith(label, StringComparison.Ordinal);
        }

        // Completing the text with every tail of a shortest match is enough: more label characters only make it longer.
        const string Shortest = "**Response:**";
        return Enumerable.Range(0, Shortest.Length + 1).Any(start => Expression().IsMatch(text + Shortest[start..]));
    }

    private static string Clean(string[] fragments)
    {
        var cleaner = new ResponsePrefixCleaner();
        var text = "";
        foreach (var fragment in fragments)
        {
            cleaner.Push(Encoding.UTF8.GetBytes(fragment), out var released, out var rest);
            text += Encoding.UTF8.GetString(released) + Encoding.UTF8.GetString(rest);
        }

        return text + Encoding.UTF8.GetString(cleaner.Finish());
    }

    [GeneratedRegex(@"^\s*\*\*[^*\n]{0,60}Response:\*\*\s*")]
    private static partial Regex Expression();

    public static class Replies
    {
        public static Arbitrary<SplitText> Reply() =>
            SplitText
                .From(
                    " ",
                    "\n",
                    "\u2028",
                    "*",
                    "**",
                    "**",
                    "Response:",
                    "Response:**",
                    "Resp",
                    "onse:",
                    "R",
                    "GPT-4 ",
                    "é",
                    "🙂",
                    new string('x', 50),
                    "text"
                )
                .ToArbitrary();
    }
}
