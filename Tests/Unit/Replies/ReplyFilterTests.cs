using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Replies;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Replies;

public sealed partial class ReplyFilterTests
{
    [Fact]
    public void Append_NoRules_PassesAndNeverEnds() =>
        Assert.Equal(("**A Response:** x", null), Run(false, SamplingOptions.Default, "**A Resp", "onse:** x"));

    [Fact]
    public void Append_AllRules_ApplyInOrder()
    {
        // The label's own "Response" matches no stop string, and its tokens do not count.
        var options = new SamplingOptions { MaxOutputTokens = 3, Stop = ["Response", "END"] };

        Assert.Equal(("one two three", FinishReason.Length), Run(true, options, "**A Resp", "onse:** one two three four END"));
        Assert.Equal(("one ", FinishReason.Stop), Run(true, options, "**A Response:** one EN", "D two three four"));
    }

    [Fact]
    public void Append_StopWithinTheLimit_EndsAtOnce()
    {
        var filter = new ReplyFilter(true, ["END"], limit: 100);
        var output = new ArrayBufferWriter<byte>();

        filter.Append("Hello END"u8, output);

        Assert.Equal(FinishReason.Stop, filter.Ended);
        Assert.Equal("Hello ", output.Written());
        filter.Append("more"u8, output);
        filter.Finish(output);
        Assert.Equal("Hello ", output.Written());
    }

    [Fact]
    public void Append_NoRulePending_AllocatesNothing()
    {
        var filter = new ReplyFilter(true, [], limit: null);
        var output = new ArrayBufferWriter<byte>(1 << 16);
        filter.Append("Plain"u8, output);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            filter.Append(" token"u8, output);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Property(MaxTest = 2000, Arbitrary = [typeof(Cases)])]
    public void Append_AnySplit_EqualsTheRulesOnTheWholeText(SplitText text, bool clean, Stops stops, byte size)
    {
        var options = new SamplingOptions { MaxOutputTokens = size % 4 == 0 ? null : size % 24 + 1, Stop = stops.Strings };

        Assert.Equal(Reference(text.Whole, clean, options), Run(clean, options, text.Fragments));
    }

    private static (string Text, FinishReason? Ended) Reference(string text, bool clean, SamplingOptions options)
    {
        text = clean ? Label().Replace(text, "") : text;
        var stop = Enumerable
            .Range(0, text.Length + 1)
            .SelectMany(end =>
                options
                    .Stop.Where(stop => text[..end].EndsWith(stop, StringComparison.Ordinal))
                    .Select(stop => (end, start: end - stop.Length))
            )
            .Order()
            .Cast<(int End, int Start)?>()
            .FirstOrDefault();
        text = stop is { } found ? text[..found.Start] : text;
        if (
            options.MaxOutputTokens is { } limit
            && ReferenceTokenizer.O200k.EncodeToTokens(text, out _) is var tokens
            && tokens.Count > limit
        )
        {
            return (text[..tokens[limit].Offset.Start.Value], FinishReason.Length);
        }

        return (text, stop is null ? null : FinishReason.Stop);
    }

    private static (string Text, FinishReason? Ended) Run(bool clean, SamplingOptions options, params string[] fragments)
    {
        var filter = new ReplyFilter(clean, options.Stop, options.MaxOutputTokens);
        var output = new ArrayBufferWriter<byte>();
        foreach (var fragment in fragments)
        {
            var before = output.WrittenCount;
            filter.Append(Encoding.UTF8.GetBytes(fragment), output);
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(output.WrittenSpan[before..]);
        }

        filter.Finish(output);
        return (output.Written(), filter.Ended);
    }

    [GeneratedRegex(@"^\s*\*\*[^*\n]{0,60}Response:\*\*\s*")]
    private static partial Regex Label();

    public sealed record Stops(ImmutableArray<string> Strings)
    {
        public override string ToString() => string.Join(", ", Strings.Select(stop => $"\"{stop}\""));
    }

    public static class Cases
    {
        public static Arbitrary<SplitText> Text() =>
            SplitText.From("**", "A Response:**", " ", "\n", "word", " the", "END", "EN", "D", "世界", "🙂", ". ", "123").ToArbitrary();

        public static Arbitrary<Stops> Stop() =>
            (
                from count in Gen.Choose(0, 3)
                from stops in Gen.Elements("END", "EN", "the", "世", "🙂", "\n\n", "d E").ListOf(count)
                select new Stops([.. stops])
            ).ToArbitrary();
    }
}
