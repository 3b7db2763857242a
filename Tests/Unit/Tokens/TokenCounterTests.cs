using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
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
        Item[] messages =
        [
            Messages.System("You are a helpful, pattern-following assistant that translates corporate jargon into plain English."),
            Messages.System("New synergies will help drive top-line growth.") with
            {
                Name = "example_user",
            },
            Messages.System("Things working well together will increase revenue.") with
            {
                Name = "example_assistant",
            },
            Messages.System("Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.") with
            {
                Name = "example_user",
            },
            Messages.System("Let's talk later when we're less busy about how to do better.") with
            {
                Name = "example_assistant",
            },
            Messages.User("This late pivot means we don't have time to boil the ocean for the client deliverable."),
        ];

        Assert.Equal(124, Prompt(messages));
    }

    [Fact]
    public void CountPrompt_ToolCalls_CountByNameAndArguments()
    {
        var call = new ToolCallItem("call_1", "f", "{}");
        var plain = Prompt([Messages.Assistant("")]);

        Assert.Equal(3 + 3 + 1, plain);
        Assert.Equal(_counter.Count("f") + _counter.Count("{}"), Prompt([Messages.Assistant(""), call]) - plain);
        // A call without a message before is the assistant's message.
        Assert.Equal(Prompt([Messages.Assistant(""), call]), Prompt([call]));
    }

    [Fact]
    public void CountPrompt_EachItem_IsCountedAsItIsCountedAlone()
    {
        Item[] items =
        [
            Messages.User("Weather?"),
            new ToolCallItem("call_1", "get_weather", "{}"),
            new ToolCallItem("call_2", "get_time", "{}"),
            new ToolResultItem("call_1", [new TextPart("sunny"), new ImagePart("https://example.com/a.png")]),
            new ReasoningItem("hm"),
            Messages.Assistant("Sunny.") with
            {
                Name = "Ann",
            },
        ];

        var alone = items.Select((item, i) => _counter.CountItem(item, i == 0 ? null : items[i - 1])).Sum();

        Assert.Equal(Prompt([]) + alone, Prompt(items));
    }

    [Fact]
    public void CountPrompt_InstructionsToolsAndFormat_AreInTheProviderPrompt()
    {
        Item[] items = [Messages.User("Hi")];
        var plain = Prompt(items);

        Assert.Equal(Prompt([Messages.System("Be brief."), .. items]), Prompt(items, Request with { Instructions = "Be brief." }));
        var tool = new ToolDefinition(ToolKind.Function, "get_weather", "Tells the weather.", """{"type":"object"}""");
        Assert.True(Prompt(items, Request with { Tools = [tool] }) >= plain + _counter.Count(tool.Parameters!));
        var format = new ResponseFormat(ResponseFormatKind.JsonSchema, "answer", """{"type":"object"}""");
        Assert.Equal(plain + _counter.Count(format.Schema!), Prompt(items, Request with { Format = format }));
    }

    private static TurnRequest Request { get; } =
        new()
        {
            ResponseId = "r",
            ClientKeyId = "k",
            Route = "m",
            Input = [],
            Timeout = TimeSpan.FromSeconds(60),
        };

    [Fact]
    public void CountPrompt_FourMebibytes_StopsSoonAfterTheMost()
    {
        var text = string.Concat(Enumerable.Repeat("All work and no play. ", 190_000));
        Item[] items = [Messages.User(text), Messages.User(text)];

        Assert.InRange(_counter.CountPrompt(Request, items, most: 1000), 1001, 1000 + TokenPieces.MaxLength);
        Assert.InRange(_counter.CountItem(items[0], null, most: 1000), 1001, 1000 + TokenPieces.MaxLength);
    }

    [Property]
    public void CountPrompt_WithAMost_SaysWhetherThereAreMore(string[] texts, byte most)
    {
        var items = texts.Select(text => (Item)Messages.User(text ?? "")).ToArray();
        var all = _counter.CountPrompt(Request, items);

        var counted = _counter.CountPrompt(Request, items, most);

        Assert.Equal(all > most, counted > most);
        Assert.True(all > most || counted == all);
    }

    private int Prompt(Item[] items, TurnRequest? request = null) => _counter.CountPrompt(request ?? Request, items);

    [Property(MaxTest = 150, Arbitrary = [typeof(Texts)])]
    public void Count_TextInPieces_EqualsTheWholeText(SplitText text)
    {
        // Long enough for many pieces, each with a border inside.
        var whole = string.Concat(Enumerable.Repeat(text.Whole + " end. ", 30));

        Assert.Equal(ReferenceTokenizer.O200k.CountTokens(whole), _counter.Count(whole));
        Assert.Equal(ReferenceTokenizer.O200k.CountTokens(whole), _counter.Count(Encoding.UTF8.GetBytes(whole)));
    }

    [Fact]
    public void Count_UnbrokenRun_DiffersByLessThanATokenForEachCut()
    {
        var text = new string('a', 20 * TokenPieces.MaxLength);

        Assert.InRange(_counter.Count(text), ReferenceTokenizer.O200k.CountTokens(text), ReferenceTokenizer.O200k.CountTokens(text) + 20);
    }

    [Fact]
    public void Count_UnbrokenRunOfPairs_CutsNoPair()
    {
        var text = "x" + string.Concat(Enumerable.Repeat("🙂", 2000));

        Assert.InRange(_counter.Count(text), ReferenceTokenizer.O200k.CountTokens(text), ReferenceTokenizer.O200k.CountTokens(text) + 8);
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
                    "|",
                    "/",
                    "½"
                )
                .ToArbitrary();
    }
}
