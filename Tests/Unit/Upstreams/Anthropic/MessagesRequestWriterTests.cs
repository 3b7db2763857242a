using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams;
using static FlowGpt.Tests.Unit.Upstreams.Anthropic.AnthropicCalls;

namespace FlowGpt.Tests.Unit.Upstreams.Anthropic;

/// <summary>The request, field by field.</summary>
public sealed class MessagesRequestWriterTests
{
    private const string Mark = """{"cache_control":{"type":"ephemeral"}}""";

    private static readonly ToolDefinition Weather = new(
        ToolKind.Function,
        "get_weather",
        "Weather",
        """{"type":"object"}""",
        Strict: true
    );

    [Fact]
    public void Write_SystemCallsAndResults_AreMessagesInTheProvidersOrder()
    {
        var body = Body(
            Turn(
                MessageItem.Of(MessageRole.System, "Be brief."),
                MessageItem.Of(MessageRole.User, "a"),
                new ReasoningItem("hm", AnthropicCalls.Seal.Seal("sig", "key-1", AnthropicCalls.Pool, "another account of the pool")),
                new ReasoningItem("of another provider"),
                MessageItem.Of(MessageRole.Assistant, "b"),
                new ToolCallItem("call.1", "f", """{"x":1}"""),
                new ToolCallItem("call2", "g", "broken"),
                new ToolResultItem("call.1", [new TextPart("r")], IsError: true),
                MessageItem.Of(MessageRole.User, "c")
            ) with
            {
                Instructions = "First.",
            }
        );

        Assert.Equal("""[{"type":"text","text":"First."},{"type":"text","text":"Be brief."}]""", body["system"]!.ToJsonString());
        Assert.Equal(
            """[{"role":"user","content":[{"type":"text","text":"a"}]},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"text","text":"b"},{"type":"tool_use","id":"call_1","name":"f","input":{"x":1}},{"type":"tool_use","id":"call2","name":"g","input":{"input":"broken"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"r"}],"is_error":true},{"type":"tool_result","tool_use_id":"call2","content":[{"type":"text","text":"There is no result of this call."}],"is_error":true},{"type":"text","text":"c"}]}]""",
            body["messages"]!.ToJsonString()
        );
    }

    [Fact]
    public void Write_SystemMessagesAlone_GetAQuestion()
    {
        var body = Body(Turn(MessageItem.Of(MessageRole.System, "Say hello.")));

        Assert.Equal("""[{"type":"text","text":"Say hello."}]""", body["system"]!.ToJsonString());
        Assert.Equal(
            """[{"role":"user","content":[{"type":"text","text":"(Follow the instructions.)"}]}]""",
            body["messages"]!.ToJsonString()
        );
    }

    [Fact]
    public void Write_Blank_IsNotSent()
    {
        var body = Body(
            Turn(
                MessageItem.Of(MessageRole.User, "a"),
                MessageItem.Of(MessageRole.Assistant, "\n"),
                MessageItem.Of(MessageRole.User, " "),
                MessageItem.Of(MessageRole.Assistant, "b "),
                MessageItem.Of(MessageRole.User, " \t")
            )
        );
        var continued = Body(Turn(MessageItem.Of(MessageRole.User, "a"), MessageItem.Of(MessageRole.Assistant, "b \n")));

        Assert.Equal(
            """[{"role":"user","content":[{"type":"text","text":"a"}]},{"role":"assistant","content":[{"type":"text","text":"b "}]},{"role":"user","content":[{"type":"text","text":"(The user sent white space.)"}]}]""",
            body["messages"]!.ToJsonString()
        );
        Assert.Equal("b", (string?)continued["messages"]![1]!["content"]![0]!["text"]);
    }

    /// <summary>Null for a signature that is not sent to the provider.</summary>
    public static TheoryData<string, bool, string?> Signatures =>
        new()
        {
            { AnthropicCalls.Seal.Seal("sig", "key-1", AnthropicCalls.Pool, "a1"), false, "sig" },
            { AnthropicCalls.Seal.Seal("sig", "key-1", AnthropicCalls.Pool, "a1"), true, "sig" },
            { AnthropicCalls.Seal.Seal("sig", "key-2", AnthropicCalls.Pool, "a1"), false, null },
            { AnthropicCalls.Seal.Seal("sig", "key-2", AnthropicCalls.Pool, "a1"), true, null },
            { AnthropicCalls.Seal.Seal("sig", "key-1", "another pool", "a1"), false, null },
            { "sealed1.forged", false, null },
            { "sig", false, null },
            { "sig", true, "sig" },
        };

    [Theory]
    [MemberData(nameof(Signatures))]
    public void Write_Thought_GoesBackOnlyForTheClientThatGotTheThought(string encrypted, bool isNative, string? expected)
    {
        var turn = Turn(MessageItem.Of(MessageRole.User, "a"), new ReasoningItem("hm", encrypted), MessageItem.Of(MessageRole.User, "b"));

        var messages = Body(isNative ? turn.Native() : turn)["messages"]!.AsArray();

        Assert.Equal(expected, messages.Count == 1 ? null : (string?)messages[1]!["content"]![0]!["signature"]);
    }

    [Fact]
    public void Write_Marks_JoinTheBlockBefore()
    {
        var mark = new OpaquePart(DialectNames.AnthropicMarks, Mark);
        var body = Body(
            Turn(
                    new MessageItem(MessageRole.System, [new TextPart("s"), mark]),
                    new MessageItem(MessageRole.User, [new TextPart("a"), mark]),
                    new ToolCallItem("t1", "f", "{}"),
                    new OpaqueItem(DialectNames.AnthropicMarks, Mark),
                    new ToolResultItem("t1", [new OpaquePart(DialectNames.AnthropicResultMarks, Mark)])
                )
                .Native()
        );

        var text = body.ToJsonString();
        Assert.Equal(5, text.Split("cache_control").Length);
        Assert.Contains("""{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}""", text, StringComparison.Ordinal);
        Assert.Contains(
            """{"type":"tool_result","tool_use_id":"t1","content":[],"cache_control":{"type":"ephemeral"}}""",
            text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Write_ImagesAndFiles_HaveTheirSources()
    {
        var body = Body(
            Turn(
                new MessageItem(
                    MessageRole.User,
                    [
                        new ImagePart("data:image/png;base64,AQ=="),
                        new ImagePart("https://host/x.png"),
                        new FilePart(null, "data:application/pdf;base64,AQ==", "t"),
                        new FilePart(null, "data:text/plain;base64,aGk="),
                    ]
                )
            )
        );

        Assert.Equal(
            """[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AQ=="}},{"type":"image","source":{"type":"url","url":"https://host/x.png"}},{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AQ=="},"title":"t"},{"type":"document","source":{"type":"text","media_type":"text/plain","data":"hi"}}]""",
            body["messages"]![0]!["content"]!.ToJsonString()
        );
    }

    [Theory]
    [InlineData("file-1", null)]
    [InlineData(null, "data:application/pdf,plain")]
    public void Write_FileThatCannotBeSent_IsTheCallersProblem(string? id, string? data)
    {
        var failure = Assert.Throws<UpstreamException>(() => Body(Turn(new MessageItem(MessageRole.User, [new FilePart(id, data)]))));

        Assert.Equal(("messages", false), (failure.Failure.Param, failure.MayHaveBeenSent));
    }

    [Theory]
    [InlineData(ToolChoiceMode.Auto, null, null)]
    [InlineData(ToolChoiceMode.Auto, false, """{"type":"auto","disable_parallel_tool_use":true}""")]
    [InlineData(ToolChoiceMode.Required, null, """{"type":"any"}""")]
    [InlineData(ToolChoiceMode.Named, true, """{"type":"tool","name":"get_weather"}""")]
    [InlineData(ToolChoiceMode.None, false, """{"type":"none"}""")]
    public void Write_ToolChoice_HasTheProvidersForm(ToolChoiceMode mode, bool? parallel, string? expected)
    {
        var body = Body(
            Ask("a") with
            {
                Tools = [Weather],
                ToolChoice = new ToolChoice(mode, mode == ToolChoiceMode.Named ? ["get_weather"] : []),
                Sampling = new SamplingOptions { ParallelToolCalls = parallel },
            }
        );

        Assert.Equal(
            """[{"name":"get_weather","description":"Weather","input_schema":{"type":"object"}}]""",
            body["tools"]!.ToJsonString()
        );
        Assert.Equal(expected, body["tool_choice"]?.ToJsonString());
    }

    [Theory]
    [InlineData(
        """{"type":"grammar","syntax":"lark","definition":"start: WORD"}""",
        "Writes. The text of \"input\" follows this lark grammar: start: WORD"
    )]
    [InlineData(
        """{"type":"grammar","grammar":{"syntax":"regex","definition":"[0-9]+"}}""",
        "Writes. The text of \"input\" follows this regex grammar: [0-9]+"
    )]
    [InlineData("""{"type":"text"}""", "Writes.")]
    public void Write_CustomTool_TellsTheModelItsGrammar(string format, string expected)
    {
        var body = Body(Ask("a") with { Tools = [new(ToolKind.Custom, "write", "Writes.", format)] });

        Assert.Equal(expected, (string?)body["tools"]![0]!["description"]);
    }

    [Fact]
    public void Write_CallWithoutALimit_HasTheDefault() => Assert.Equal(4096, (int)Body(Ask("a"))["max_tokens"]!);

    [Fact]
    public void Write_Knobs_FitTheProvidersRanges()
    {
        var body = Body(
            Ask("a") with
            {
                Sampling = new SamplingOptions
                {
                    MaxOutputTokens = 7,
                    Temperature = 1.5,
                    TopP = 0.5,
                    Stop = ["x", "\n"],
                },
                Format = new ResponseFormat(ResponseFormatKind.JsonSchema, Schema: """{"type":"object"}"""),
            }
        );

        Assert.Equal((7, 1.0), ((int)body["max_tokens"]!, (double)body["temperature"]!));
        Assert.False(body.ContainsKey("top_p"));
        Assert.Equal("""["x"]""", body["stop_sequences"]!.ToJsonString());
        Assert.Equal("""{"format":{"type":"json_schema","schema":{"type":"object"}}}""", body["output_config"]!.ToJsonString());
    }

    [Fact]
    public void Write_NativeFields_PassButNotThoseOfPriceAndState()
    {
        var body = Body(
            Ask("a")
                .Native(
                    """
                    {"top_k":5,"thinking":{"type":"enabled","budget_tokens":2000},"service_tier":"priority","container":"c","Speed":"fast",
                     "metadata":{"user_id":"me"},"output_config":{"effort":"low"},"model":"other","tools":[{"type":"web_search_20250305","name":"web_search"}],
                     "tool_choice":{"type":"auto"}}
                    """
                )
        );

        Assert.Equal(
            ["max_tokens", "messages", "metadata", "model", "output_config", "stream", "thinking", "tool_choice", "tools", "top_k"],
            body.Select(static field => field.Key).Order(StringComparer.Ordinal)
        );
        Assert.Equal("sim-large", (string)body["model"]!);
        Assert.NotEqual("me", (string)body["metadata"]!["user_id"]!);
        Assert.Equal("web_search", (string)body["tools"]![0]!["name"]!);
    }

    [Fact]
    public void Write_FieldsOfAnotherDialect_DoNotPass() =>
        Assert.Equal(
            ["max_tokens", "messages", "model", "stream"],
            Body(Ask("a") with { Extensions = new RequestExtensions(DialectNames.OpenAiChat, """{"top_k":5}""") })
                .Select(static field => field.Key)
                .Order(StringComparer.Ordinal)
        );
}
