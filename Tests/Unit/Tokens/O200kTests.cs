using FlowGpt.Grains.Tokens;
using FsCheck;
using FsCheck.Xunit;
using static FlowGpt.Tests.Unit.Tokens.TokenCounterTests;

namespace FlowGpt.Tests.Unit.Tokens;

public sealed class O200kTests
{
    private static readonly O200k Encoder = new(Vocabulary.Load());

    [Property(MaxTest = 2_000)]
    public void Count_AnyCharacters_GivesTheReferencesTokens(string text) =>
        Assert.Equal(ReferenceTokenizer.O200k.CountTokens(text ?? ""), Encoder.Count(text ?? ""));

    [Property(MaxTest = 500, Arbitrary = [typeof(Texts)])]
    public void Count_WordsAndSigns_GivesTheReferencesTokens(Replies.SplitText text) =>
        Assert.Equal(ReferenceTokenizer.O200k.CountTokens(text.Whole), Encoder.Count(text.Whole));

    /// <summary>Words that were counted before are remembered; a word that shares their place or their beginning is counted by itself.</summary>
    [Property(MaxTest = 300)]
    public void Count_WordsThatComeAgain_GivesTheReferencesTokens(PositiveInt[] numbers)
    {
        foreach (var number in numbers.Concat(numbers))
        {
            var word = $"q{number.Get * 7919 % 100_000}zx{new string('k', number.Get % 14)}";

            Assert.Equal(ReferenceTokenizer.O200k.CountTokens(word), Encoder.Count(word));
        }
    }

    [Theory]
    [InlineData("def f(x):\n    return {'a': [1, 22, 333, 4444]}  # comment\r\n\r\n\t\tx += 1;")]
    [InlineData("Ænigma Straße naïve — “quoted” … ½ ² ① Ⅻ")]
    [InlineData("I'LL we'VE they'd o'clock HTTPServer iOS camelCase SCREAMING_SNAKE")]
    [InlineData("Привет, мир! مرحبا بالعالم नमस्ते दुनिया สวัสดีชาวโลก 안녕하세요 こんにちは世界")]
    [InlineData("👩‍👩‍👧‍👦🏳️‍🌈e\u0301\u0301\u0301 \ud83d \udc00")]
    [InlineData("antidisestablishmentarianismpneumonoultramicroscopicsilicovolcanoconiosisantidisestablishmentarianism")]
    [InlineData("https://example.com/a/b?c=d&e=f#g //// <| endoftext |> |><|")]
    public void Count_TextOfManyKinds_GivesTheReferencesTokens(string text) =>
        Assert.Equal(ReferenceTokenizer.O200k.CountTokens(text), Encoder.Count(text));

    // A provider takes it for text in a message; the reference takes it for one token in some places.
    [Fact]
    public void Count_NameOfASpecialToken_IsTextLikeAnyOther() => Assert.True(Encoder.Count("<|endoftext|>") > 1);

    [Property(MaxTest = 500, Arbitrary = [typeof(Texts)])]
    public void Within_AnyNumberOfTokens_EndsWhereTheNextTokenBegins(Replies.SplitText text, byte most)
    {
        var tokens = ReferenceTokenizer.O200k.EncodeToTokens(text.Whole, out _);

        var expected = most < tokens.Count ? tokens[most].Offset.Start.Value : text.Whole.Length;
        Assert.Equal(expected, Encoder.Within(text.Whole, most));
    }

    [Fact]
    public void RankOf_EveryTokenOfOneByte_IsKnownAndOthersAreNot()
    {
        var vocabulary = Vocabulary.Load();

        Assert.Equal(199_998, vocabulary.Count);
        Assert.Equal(
            256,
            Enumerable.Range(0, 256).Select(value => vocabulary.RankOf([(byte)value])).Where(rank => rank >= 0).Distinct().Count()
        );
        Assert.Equal(-1, vocabulary.RankOf([]));
        Assert.Equal(-1, vocabulary.RankOf("no such token at all"u8));
    }
}
