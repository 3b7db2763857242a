using System.Collections.Immutable;
using System.Text;
using FlowGpt.Grains.Replies;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Replies;

public sealed class StopSequencesTests
{
    [Theory]
    [InlineData("Hello END of it", "END", "Hello ", true)]
    [InlineData("Hello EN", "END", "Hello EN", false)]
    [InlineData("EEND", "END", "E", true)]
    [InlineData("aabaabaaab", "aabaaa", "aab", true)]
    [InlineData("naïve 🙂🙃 end", "🙃", "naïve 🙂", true)]
    [InlineData("plain", "", "plain", false)]
    public void Push_OneStop_KeepsTheTextBeforeIt(string text, string stop, string expected, bool matched)
    {
        foreach (var fragments in new[] { [text], text.EnumerateRunes().Select(rune => rune.ToString()).ToArray() })
        {
            var stops = new StopSequences([stop]);
            Assert.Equal(expected, Run(stops, fragments));
            Assert.Equal(matched, stops.Matched);
        }
    }

    [Fact]
    public void Push_SeveralStops_EndsAtTheOneCompletedFirst() => Assert.Equal("ab", Run(new StopSequences(["abcdef", "cd"]), ["abcdef"]));

    [Fact]
    public void Push_SeveralCompletedTogether_EndsBeforeTheLongest() =>
        Assert.Equal("x", Run(new StopSequences(["d", "bcd"]), ["xbc", "d"]));

    [Fact]
    public void Push_BeginningOfAStop_IsHeldAndTheRestIsNot()
    {
        var stops = new StopSequences(["\n\nUser:"]);
        stops.Push("Done.\n\nUs"u8, out var released, out var rest);

        Assert.Equal("Done.", Encoding.UTF8.GetString(released) + Encoding.UTF8.GetString(rest));
        stops.Push("e it"u8, out released, out rest);
        Assert.Equal("\n\nUse it", Encoding.UTF8.GetString(released) + Encoding.UTF8.GetString(rest));
    }

    [Property(MaxTest = 2000, Arbitrary = [typeof(Texts)])]
    public void Push_AnySplit_EqualsTheReferenceOnTheWholeText(SplitText text, ImmutableArray<string> stops)
    {
        var (expected, matched) = Reference(text.Whole, stops);

        var sequences = new StopSequences(stops);
        Assert.Equal(expected, Run(sequences, text.Fragments));
        Assert.Equal(matched, sequences.Matched);
    }

    [Property(MaxTest = 2000, Arbitrary = [typeof(Texts)])]
    public void Push_AnySplit_HoldsOnlyTheLongestPossibleBeginning(SplitText text, ImmutableArray<string> stops)
    {
        var sequences = new StopSequences(stops);
        var seen = "";
        var released = "";
        foreach (var fragment in text.Fragments)
        {
            seen += fragment;
            sequences.Push(Encoding.UTF8.GetBytes(fragment), out var first, out var rest);
            released += Encoding.UTF8.GetString(first) + Encoding.UTF8.GetString(rest);
            if (sequences.Matched)
            {
                break;
            }

            var held = Enumerable
                .Range(0, seen.Length + 1)
                .First(start =>
                    stops.Any(stop => stop != seen[start..] && stop.StartsWith(seen[start..], StringComparison.Ordinal))
                    || start == seen.Length
                );
            Assert.Equal(seen[..held], released);
        }
    }

    /// <summary>The first end at which the text ends with a stop string, and the longest that does.</summary>
    private static (string Text, bool Matched) Reference(string text, ImmutableArray<string> stops)
    {
        for (var end = 1; end <= text.Length; end++)
        {
            var longest = stops
                .Where(stop => stop.Length > 0 && text[..end].EndsWith(stop, StringComparison.Ordinal))
                .Select(stop => stop.Length)
                .DefaultIfEmpty(0)
                .Max();
            if (longest > 0)
            {
                return (text[..(end - longest)], true);
            }
        }

        return (text, false);
    }

    private static string Run(StopSequences stops, string[] fragments)
    {
        var text = "";
        foreach (var fragment in fragments)
        {
            stops.Push(Encoding.UTF8.GetBytes(fragment), out var released, out var rest);
            text += Encoding.UTF8.GetString(released) + Encoding.UTF8.GetString(rest);
        }

        return text + Encoding.UTF8.GetString(stops.Finish());
    }

    public static class Texts
    {
        private static readonly string[] Parts = ["a", "b", "ab", "ba", "aab", "é", "ê", "🙂", "🙃", "\n"];

        public static Arbitrary<SplitText> Text() => SplitText.From(Parts).ToArbitrary();

        public static Arbitrary<ImmutableArray<string>> Stops() =>
            (
                from count in Gen.Choose(1, 4)
                from stops in Gen.Elements(Parts).NonEmptyListOf().Select(parts => string.Concat(parts.Take(4))).ListOf(count)
                select stops.ToImmutableArray()
            ).ToArbitrary();
    }
}
