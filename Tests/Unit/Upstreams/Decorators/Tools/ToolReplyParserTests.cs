using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams.Decorators.Tools;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Upstreams.Decorators.Tools;

public sealed class ToolReplyParserTests
{
    private static readonly ToolSet Tools = new(
        [
            new(ToolKind.Function, "get_weather", "Weather", """{"type":"object","properties":{"city":{"type":"string"}}}"""),
            new(ToolKind.Function, "run", null, null),
            new(ToolKind.Custom, "patch", null, null),
        ],
        ToolChoice.Auto,
        parallel: true
    );

    /// <summary>For any calls, any text around them and any split, also inside characters: the same calls are read, and the text is unchanged.</summary>
    [Property(MaxTest = 500, Arbitrary = [typeof(Replies)])]
    public void Read_AnyRenderedReply_GivesCallsAndTextBack(RenderedReply reply)
    {
        var read = ReadReply.Of(Tools, reply.Whole, reply.Sizes);

        Assert.Equal(
            reply.Calls.Select(static call => (call.Name, call.Arguments, call.Kind)),
            read.Calls.Select(static call => (call.Tool, call.Arguments, call.Kind))
        );
        Assert.Equal(reply.Text, read.Text);
        Assert.Empty(read.Broken);
    }

    /// <summary>For any reply: how it is split does not change what is read.</summary>
    [Property(MaxTest = 500, Arbitrary = [typeof(Replies)])]
    public void Read_AnyPieces_AreReadAlikeHoweverSplit(Pieces pieces)
    {
        var whole = ReadReply.Of(Tools, pieces.Whole);
        var split = ReadReply.Of(Tools, pieces.Whole, pieces.Sizes);

        Assert.Equal((whole.Text, whole.Thoughts), (split.Text, split.Thoughts));
        Assert.Equal(whole.Calls, split.Calls);
        Assert.Equal(whole.Broken, split.Broken);
    }

    /// <summary>Text that people wrote is shown escaped; a model that repeats it makes no call, and the client gets the original text.</summary>
    [Property(MaxTest = 500, Arbitrary = [typeof(Replies)])]
    public void Read_RepeatedTextOfThePrompt_IsNoCallAndUnaltered(Pieces pieces)
    {
        var text = $"You wrote: {pieces.Whole}.";

        var read = ReadReply.Of(Tools, ProtocolText.Escape(text), pieces.Sizes);

        Assert.Empty(read.Calls);
        Assert.Empty(read.Broken);
        Assert.Equal(text, read.Text);
        Assert.Equal(text, ProtocolText.Unescape(ProtocolText.Escape(text)));
    }

    [Fact]
    public void Push_TextThatCannotBeginATag_GoesOnAtOnce()
    {
        var read = new ReadReply();
        var parser = new ToolReplyParser(Tools, read);

        parser.Push("Let me see"u8);
        Assert.Equal("Let me see", read.Text);
        parser.Push(": 1 < 2 and <b"u8);
        Assert.Equal("Let me see: 1 < 2 and <b", read.Text);
        parser.Push(" <too"u8);
        Assert.Equal("Let me see: 1 < 2 and <b ", read.Text);
        parser.Push("th>"u8);
        Assert.Equal("Let me see: 1 < 2 and <b <tooth>", read.Text);
    }

    [Theory]
    [InlineData("<tool_response>\nget_weather: sunny\n</tool_response>It is sunny.", "It is sunny.")]
    [InlineData("</tool_call>Hello", "Hello")]
    [InlineData("Done.</tool_response>", "Done.")]
    [InlineData("Done.</tool_call> \nMore", "Done. \nMore")]
    public void Read_TagsThatOnlyTheGatewayWrites_AreLeftOut(string reply, string text)
    {
        var read = ReadReply.Of(Tools, reply);

        Assert.Equal(text, read.Text);
        Assert.Empty(read.Calls);
    }

    /// <summary>Text that only looks like the protocol is passed on whole for every split.</summary>
    [Theory]
    [InlineData("Use <tool_call is a tag")]
    [InlineData("<tool_call is a tag more end")]
    [InlineData("Write <tool_call")]
    [InlineData("Write <tool_call>")]
    [InlineData("Write <tool_call> and </tool_call>")]
    [InlineData("The tag <tool_response> shows a result, </tool_response> ends it.")]
    [InlineData("End with </tool_call> please")]
    [InlineData("<tool_call>hello</tool_call>")]
    [InlineData("<tool_call>get_weather is the tool</tool_call>")]
    [InlineData("<tool_call>nothing({})</tool_call>")]
    [InlineData("Example: \"<tool_call>{\"name\":\"run\"}</tool_call>\" is how to call it")]
    [InlineData("Example: “<tool_call>{\"name\":\"run\"}</tool_call>” is how to call it")]
    [InlineData("Example: ('<tool_call>{\"name\":\"run\"}</tool_call>')")]
    public void Read_TextThatLooksLikeTheProtocol_IsUnchanged(string reply)
    {
        foreach (var size in (int[])[1, 2, 5, 1_000])
        {
            var read = ReadReply.Of(Tools, reply, size);

            Assert.Equal(reply, read.Text);
            Assert.Empty(read.Calls);
            Assert.Empty(read.Broken);
        }
    }

    [Theory]
    [InlineData("""<tool_call>get_weather({"city":"R"})</tool_call>""", """{"city":"R"}""")]
    [InlineData("""<tool_call> get_weather {'city': 'R'} </tool_call>""", """{"city":"R"}""")]
    [InlineData("<tool_call>get_weather( )</tool_call>", "{}")]
    [InlineData("""<tool_call>{"name":"get_weather","arguments":{}}</tool_call> says "hello".""", "{}")]
    public void Read_CallInTheFormOfAFunction_IsTheCall(string reply, string arguments)
    {
        foreach (var size in (int[])[1, 2, 5, 1_000])
        {
            var read = ReadReply.Of(Tools, reply, size);

            Assert.Equal(new ToolCallText("get_weather", arguments), Assert.Single(read.Calls));
            Assert.DoesNotContain("tool_call", read.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_CallThenAWordLikeATag_KeepsTheText()
    {
        var read = ReadReply.Of(Tools, """<tool_call>{"name":"run","arguments":{}} then <tool_call begins another""");

        Assert.Equal("run", Assert.Single(read.Calls).Tool);
        Assert.Equal(" then <tool_call begins another", read.Text);
    }

    [Fact]
    public void Read_BlockOfGoodAndBrokenCalls_KeepsTheGoodAndNamesTheBroken()
    {
        var read = ReadReply.Of(Tools, """<tool_call>[{"name":"nope"},{"name":"run","arguments":{}},{"name":"no"}]</tool_call>""");

        Assert.Equal("run", Assert.Single(read.Calls).Tool);
        var broken = Assert.Single(read.Broken);
        Assert.Equal(("{\"name\":\"nope\"}\n{\"name\":\"no\"}", 2), (broken.Body, broken.Calls));
    }

    /// <summary>The prompt's form of a model's earlier turns is read as those turns, also where the text before the calls leaves code blocks or thoughts open.</summary>
    [Property(MaxTest = 500, Arbitrary = [typeof(Replies)])]
    public void Read_HistoryAsItIsShown_GivesItsCalls(Pieces said, RenderedReply reply)
    {
        Item[] turn = [MessageItem.Of(MessageRole.Assistant, said.Whole), .. reply.Calls];

        var shown = Assert.Single(ToolHistory.Rewrite([.. turn], "", ResultCut.None));
        var read = ReadReply.Of(Tools, ((MessageItem)shown).Text, reply.Sizes);

        Assert.Equal(
            reply.Calls.Select(static call => (call.Name, call.Arguments, call.Kind)),
            read.Calls.Select(static call => (call.Tool, call.Arguments, call.Kind))
        );
        // A text that ends with the beginning of a tag, and that no call follows, counts as cut off.
        Assert.True(reply.Calls.Length == 0 || read.Broken.Count == 0);
    }

    [Fact]
    public void Read_CustomTool_TakesItsTextAsAString()
    {
        var read = ReadReply.Of(Tools, """<tool_call>{"name":"patch","arguments":"*** Begin\n+ {\"a\"}"}</tool_call>""");

        Assert.Equal(new ToolCallText("patch", "*** Begin\n+ {\"a\"}", ToolKind.Custom), Assert.Single(read.Calls));
    }

    /// <summary>A reply that follows the protocol.</summary>
    public sealed record RenderedReply(string Whole, string Text, ToolCallItem[] Calls, int[] Sizes)
    {
        public override string ToString() => $"{Whole} in pieces of {string.Join(' ', Sizes)}";
    }

    /// <summary>Pieces of the protocol in any order.</summary>
    public sealed record Pieces(string Whole, int[] Sizes)
    {
        public override string ToString() => $"{Whole} in pieces of {string.Join(' ', Sizes)}";
    }

    public static class Replies
    {
        private static readonly string[] Texts =
        [
            "Hello",
            " ",
            "\n",
            "é",
            "👩‍👩‍👧",
            "a < b",
            "<b>",
            "{\"name\":\"run\"}",
            "_",
            "/",
            "北京",
            "<<",
            "tool_calling",
            "<toll",
            "&lt;",
        ];

        private static readonly string[] Tags =
        [
            "<tool_call>",
            "</tool_call>",
            "<tool_response>",
            "</tool_response>",
            "<_tool_call>",
            "</_tool_call>",
            "<__tool_call",
            "`",
            "```",
            "~~~",
            "\n",
            "<TOOL_CALL>",
            "<tool_call >",
            "{\"name\":\"run\",\"arguments\":{}}",
            "{\"name\":\"run\"",
            "{",
            "}",
            "\"",
            "<",
            "text",
            "é",
            "<think>",
            "</think>",
            "<tool_c",
            "[",
        ];

        private static readonly string[] Arguments =
        [
            "{}",
            "{\"city\":\"Oslo\"}",
            "{\"city\":\"</tool_call>\"}",
            "{\"city\":\"<tool_call> é \\\"x\\\" \\\\\"}",
            "{\"a\":{\"b\":[1,2.50,null,true]}}",
        ];

        public static Arbitrary<RenderedReply> Rendered() =>
            Arb.From(
                from parts in Part().ListOf()
                from sizes in Sizes()
                select new RenderedReply(
                    string.Concat(parts.Select(static part => part.Whole)),
                    string.Concat(parts.Select(static part => part.Text)),
                    [.. parts.Where(static part => part.Call is not null).Select(static part => part.Call!)],
                    sizes
                )
            );

        public static Arbitrary<Pieces> AnyPieces() =>
            Arb.From(from parts in Gen.Elements(Tags).ListOf() from sizes in Sizes() select new Pieces(string.Concat(parts), sizes));

        private static Gen<int[]> Sizes() => from sizes in Gen.Choose(1, 9).NonEmptyListOf() select sizes.ToArray();

        private static Gen<(string Whole, string Text, ToolCallItem? Call)> Part() =>
            Gen.OneOf(
                from text in Gen.Elements(Texts)
                select (text, text, (ToolCallItem?)null),
                from name in Gen.Elements("get_weather", "run")
                from arguments in Gen.Elements(Arguments)
                select Rendered(new ToolCallItem("call", name, arguments)),
                from text in Gen.Elements("", "x", "line\n\"two\"", "</tool_call>", "é{")
                select Rendered(new ToolCallItem("call", "patch", text, ToolKind.Custom))
            );

        // A text that ends like the beginning of a tag would form a tag with the call after it.
        private static (string, string, ToolCallItem?) Rendered(ToolCallItem call) => ($"|{ToolProtocol.Call(call)}", "|", call);
    }
}
