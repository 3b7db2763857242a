using FlowGpt.Grains.Tokens;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Tokens;

public sealed class TokenPiecesTests
{
    [Theory]
    [InlineData("one two", 3)]
    [InlineData("it's", 0)]
    [InlineData("word", 0)]
    [InlineData("a1 ", 2)]
    [InlineData("12.5", 2)]
    [InlineData("世界。", 2)]
    [InlineData("e\u0301 ", 0)]
    [InlineData("  a", 0)]
    [InlineData("endoftext|>", 0)]
    [InlineData("", 0)]
    public void First_TextThatMayGoOn_EndsAtItsLastCertainBorder(string text, int length) =>
        Assert.Equal(length, TokenPieces.First(text, isWhole: false));

    /// <summary>The bound on the quadratic work of byte-pair encoding.</summary>
    [Property(MaxTest = 300, Arbitrary = [typeof(Texts)])]
    public void First_AnyText_IsBoundedAndCutsNoPair(string text, bool isWhole)
    {
        var length = TokenPieces.First(text, isWhole);

        Assert.InRange(length, text.Length > TokenPieces.MaxLength || (isWhole && text.Length > 0) ? 1 : 0, TokenPieces.MaxLength);
        Assert.False(length > 0 && length < text.Length && char.IsLowSurrogate(text[length]));
    }

    public static class Texts
    {
        public static Arbitrary<string> Text() =>
            (
                from part in Gen.Elements("a", "🙂", "a🙂", " ", "word ", "世")
                from count in Gen.Choose(0, 1500)
                select string.Concat(Enumerable.Repeat(part, count))
            ).ToArbitrary();
    }
}
