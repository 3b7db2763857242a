using System.Buffers;
using System.Text;
using FlowGpt.Grains.Replies;
using FlowGpt.Grains.Tokens;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Replies;

public sealed class OutputTokenLimitTests
{
    [Theory]
    [InlineData("one two three four", 2, "one two", true)]
    [InlineData("one two three four", 4, "one two three four", false)]
    [InlineData("one two three four", 9, "one two three four", false)]
    // The emoji of this text takes two tokens, of which the first also holds the space before it.
    [InlineData("hello 👩 there", 2, "hello ", true)]
    [InlineData("𠀀𠀁", 2, "", true)]
    [InlineData("𠀀𠀁", 4, "𠀀", true)]
    public void Append_KnownText_CutsInWholeCharacters(string text, int limit, string expected, bool reached)
    {
        foreach (var fragments in new[] { [text], text.EnumerateRunes().Select(rune => rune.ToString()).ToArray() })
        {
            Assert.Equal((expected, reached), Run(limit, fragments));
        }
    }

    [Fact]
    public void Append_FarFromTheLimit_HoldsNothing()
    {
        var limit = new OutputTokenLimit(1000);
        var output = new ArrayBufferWriter<byte>();

        limit.Append("unfinis"u8, output);

        Assert.Equal("unfinis", output.Written());
    }

    [Fact]
    public void Append_TextAfterTheLastToken_IsReachedWithoutMore()
    {
        var limit = new OutputTokenLimit(2);
        var output = new ArrayBufferWriter<byte>();

        limit.Append("one two "u8, output);

        Assert.True(limit.Reached);
        Assert.Equal("one two", output.Written());
    }

    [Property(MaxTest = 1000, Arbitrary = [typeof(Texts)])]
    public void Append_AnySplit_EqualsTheFirstTokensOfTheWholeText(SplitText text, byte size)
    {
        var limit = size % 40 + 1;

        Assert.Equal(Reference(text.Whole, limit), Run(limit, text.Fragments));
    }

    [Property(MaxTest = 300, Arbitrary = [typeof(Texts)])]
    public void Append_AnySplit_HoldsOnlyNearTheLimit(SplitText text, byte size)
    {
        var limit = size + 1;
        var cut = new OutputTokenLimit(limit);
        var output = new ArrayBufferWriter<byte>();
        var seen = "";
        foreach (var fragment in text.Fragments)
        {
            seen += fragment;
            cut.Append(Encoding.UTF8.GetBytes(fragment), output);
            if (Encoding.UTF8.GetByteCount(seen) <= limit)
            {
                Assert.Equal(seen, output.Written());
            }
        }
    }

    [Fact]
    public void Append_UnbrokenRunNearTheLimit_IsCutLikeTheCounterCounts()
    {
        // Pieces of such a run are cut by length alone; that must not depend on the fragments.
        var text = string.Concat(Enumerable.Repeat("abcd", 2000));
        var tokens = new TokenCounter().Count(text);

        Assert.Equal((text, false), Run(tokens, Enumerable.Repeat("abcd", 2000)));
        var (cut, reached) = Run(tokens - 1, text.Chunk(7).Select(fragment => new string(fragment)));
        Assert.True(reached);
        Assert.StartsWith(cut, text, StringComparison.Ordinal);
        Assert.Equal(tokens - 1, new TokenCounter().Count(cut));
    }

    /// <summary>The bytes of the first tokens of the whole text, without a character that they end inside of.</summary>
    private static (string Text, bool Reached) Reference(string text, int limit)
    {
        var ids = ReferenceTokenizer.O200k.EncodeToIds(text);
        if (ids.Count <= limit)
        {
            return (text, false);
        }

        var chars = new char[text.Length + 1];
        ReferenceTokenizer.O200k.Decode(ids.Take(limit), chars, out _, out var written);
        var decoded = new string(chars, 0, written);
        Assert.StartsWith(decoded, text, StringComparison.Ordinal);

        // Decoding stops before a token that ends inside a character; that token's own whole characters still count.
        var next = ReferenceTokenizer.O200k.EncodeToTokens(text, out _)[limit].Offset.Start.Value;
        return (text[..Math.Max(next, written)], true);
    }

    private static (string Text, bool Reached) Run(int limit, IEnumerable<string> fragments)
    {
        var cut = new OutputTokenLimit(limit);
        var output = new ArrayBufferWriter<byte>();
        foreach (var fragment in fragments)
        {
            cut.Append(Encoding.UTF8.GetBytes(fragment), output);
        }

        cut.Finish(output);
        return (output.Written(), cut.Reached);
    }

    public static class Texts
    {
        public static Arbitrary<SplitText> Text() =>
            SplitText
                .From(
                    "a",
                    "b",
                    "word",
                    "ing",
                    "treet",
                    " the",
                    " quick",
                    "'s",
                    "'",
                    " ",
                    "  ",
                    "\n",
                    "\r\n",
                    ".",
                    ", ",
                    "1",
                    "234",
                    "é",
                    "e\u0301",
                    "世界",
                    "。",
                    "👩‍👩‍👧",
                    "𠀀",
                    "|",
                    "/",
                    "ſ",
                    "½",
                    "Ǆ"
                )
                .ToArbitrary();
    }
}
