using System.Text;
using FlowGpt.Grains.Interfaces.Chat;
using FlowGpt.Grains.Tokens;
using FlowGpt.Tests.Unit.Replies;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Tokens;

public sealed class TokenCounterTests
{
    private readonly TokenCounter _counter = new();

    // The last three are the examples of OpenAI's cookbook, "How to count tokens with tiktoken".
    [Theory]
    [InlineData("", 0)]
    [InlineData("hello world", 2)]
    [InlineData("tiktoken is great!", 6)]
    [InlineData("antidisestablishmentarianism", 6)]
    [InlineData("お誕生日おめでとう", 8)]
    public void Count_KnownText_GivesO200kTokens(string text, int tokens)
    {
        Assert.Equal(tokens, _counter.Count(text));
        Assert.Equal(tokens, _counter.Count(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void CountPrompt_CookbookExample_GivesItsFigure()
    {
        // OpenAI's cookbook, "How to count tokens with tiktoken": this conversation is 124 prompt tokens for gpt-4o.
        ChatMessage[] messages =
        [
            new(ChatRole.System, "You are a helpful, pattern-following assistant that translates corporate jargon into plain English."),
            new(ChatRole.System, "New synergies will help drive top-line growth.", "example_user"),
            new(ChatRole.System, "Things working well together will increase revenue.", "example_assistant"),
            new(
                ChatRole.System,
                "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
                "example_user"
            ),
            new(ChatRole.System, "Let's talk later when we're less busy about how to do better.", "example_assistant"),
            new(ChatRole.User, "This late pivot means we don't have time to boil the ocean for the client deliverable."),
        ];

        Assert.Equal(124, _counter.CountPrompt(messages));
    }

    [Fact]
    public void CountPrompt_ToolCalls_CountByNameAndArguments()
    {
        var plain = _counter.CountPrompt([new ChatMessage(ChatRole.Assistant, "")]);
        var calling = _counter.CountPrompt([new ChatMessage(ChatRole.Assistant, "", ToolCalls: [new("call_1", "f", "{}")])]);

        Assert.Equal(3 + 3 + 1, plain);
        Assert.Equal(_counter.Count("f") + _counter.Count("{}"), calling - plain);
    }

    [Property(MaxTest = 150, Arbitrary = [typeof(Texts)])]
    public void Count_TextInPieces_EqualsTheWholeText(SplitText text)
    {
        // Long enough for many pieces, with a border in each.
        var whole = string.Concat(Enumerable.Repeat(text.Whole + " end. ", 30));

        Assert.Equal(TokenCounter.Tokenizer.CountTokens(whole), _counter.Count(whole));
        Assert.Equal(TokenCounter.Tokenizer.CountTokens(whole), _counter.Count(Encoding.UTF8.GetBytes(whole)));
    }

    [Fact]
    public void Count_UnbrokenRun_DiffersByLessThanATokenForEachCut()
    {
        var text = new string('a', 20 * TokenPieces.MaxLength);

        Assert.InRange(_counter.Count(text), TokenCounter.Tokenizer.CountTokens(text), TokenCounter.Tokenizer.CountTokens(text) + 20);
    }

    [Fact]
    public void Count_UnbrokenRunOfPairs_CutsNoPair()
    {
        var text = "x" + string.Concat(Enumerable.Repeat("🙂", 2000));

        Assert.InRange(_counter.Count(text), TokenCounter.Tokenizer.CountTokens(text), TokenCounter.Tokenizer.CountTokens(text) + 8);
    }

    public static class Texts
    {
        public static Arbitrary<SplitText> Text() =>
            SplitText
                .From(
                    "word",
                    " the",
                    "it's",
                    "'",
                    "ing",
                    "  ",
                    "\n",
                    "\r\n",
                    ".",
                    ",",
                    "1",
                    "2345",
                    "é",
                    "e\u0301",
                    "世界",
                    "。",
                    "🙂",
                    "<|endoftext|>",
                    "|",
                    "/",
                    "½"
                )
                .ToArbitrary();
    }
}
