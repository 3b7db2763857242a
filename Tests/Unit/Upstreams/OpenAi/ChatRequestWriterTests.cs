using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams;
using static FlowGpt.Tests.Unit.Upstreams.OpenAi.OpenAiCalls;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

/// <summary>Each field of a turn in the request that is sent; for each quirk, the field is left out or replaced.</summary>
public sealed class ChatRequestWriterTests
{
    private static readonly ToolDefinition Add = new(ToolKind.Function, "add", "Adds", """{"type":"object"}""", Strict: true);
    private static readonly ToolDefinition Run = new(ToolKind.Custom, "run", null, """{"type":"text"}""");

    [Fact]
    public void Write_PlainTurn_HasNothingElse()
    {
        Assert.Equal(
            """{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true,"stream_options":{"include_usage":true}}""",
            Body(Call()).GetRawText()
        );
    }

    [Theory]
    [InlineData("max_completion_tokens", "100")]
    [InlineData("stop", """["a","b"]""")]
    [InlineData("temperature", "0.5")]
    [InlineData("top_p", "0.25")]
    [InlineData("presence_penalty", "-1")]
    [InlineData("frequency_penalty", "1.5")]
    [InlineData("seed", "-9007199254740993")]
    [InlineData("logprobs", "true")]
    [InlineData("reasoning_effort", "\"low\"")]
    [InlineData("verbosity", "\"high\"")]
    public void Write_Knob_IsSentUnlessTheServerLacksIt(string field, string expected)
    {
        var turn = Turn with
        {
            Sampling = new SamplingOptions
            {
                MaxOutputTokens = 100,
                Stop = ["a", "b"],
                Temperature = 0.5,
                TopP = 0.25,
                PresencePenalty = -1,
                FrequencyPenalty = 1.5,
                Seed = -9007199254740993,
                Logprobs = true,
                TopLogprobs = 3,
                ReasoningEffort = "low",
                Verbosity = "high",
            },
        };

        Assert.Equal(expected, Field(turn, field));
        Assert.Null(Field(turn, field, field));
        Assert.Equal("3", Field(turn, "top_logprobs"));
    }

    [Fact]
    public void Write_OutputLimit_HasTheNameThatTheServerKnows()
    {
        var turn = Turn with { Sampling = new SamplingOptions { MaxOutputTokens = 7 } };

        Assert.Equal("7", Field(turn, "max_tokens", "max_completion_tokens"));
        Assert.Null(Field(turn, "max_tokens"));
        Assert.Null(Field(turn, "max_tokens", "max_completion_tokens", "max_tokens"));
    }

    [Fact]
    public void Write_ServerWithoutStreams_IsAskedForAWholeReply()
    {
        Assert.Equal("false", Field(Turn, "stream", "stream"));
        Assert.Null(Field(Turn, "stream_options", "stream"));
        Assert.Equal("true", Field(Turn, "stream", "stream_options"));
        Assert.Null(Field(Turn, "stream_options", "stream_options"));
    }

    [Fact]
    public void Write_Parts_EachHasItsForm()
    {
        var turn = Turn with
        {
            Input =
            [
                new MessageItem(
                    MessageRole.User,
                    [
                        new TextPart("Look é"),
                        new ImagePart("https://x/y.png", "low"),
                        new FilePart(null, "data:application/pdf;base64,AA==", "a.pdf"),
                        new AudioPart("AAAA", "wav"),
                        new OpaquePart(DialectNames.OpenAiChat, """{"type":"video_url"}"""),
                        new OpaquePart(DialectNames.AnthropicMessages, """{"type":"x"}"""),
                    ],
                    "ann"
                ),
            ],
        };

        Assert.Equal(
            """[{"role":"user","content":[{"type":"text","text":"Look é"},{"type":"image_url","image_url":{"url":"https://x/y.png","detail":"low"}},"""
                + """{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="}},"""
                + """{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},{"type":"video_url"}],"name":"ann"}]""",
            Field(turn, "messages")
        );
        Assert.DoesNotContain("ann", Field(turn, "messages", "name"), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_FileId_IsRefused()
    {
        var turn = Turn with { Input = [new MessageItem(MessageRole.User, [new FilePart("file-1", null)])] };

        var exception = Assert.Throws<UpstreamException>(() => Body(Call(turn)));

        Assert.Equal(
            (FailureClass.Caller, "messages", false),
            (exception.Failure.Class, exception.Failure.Param, exception.MayHaveBeenSent)
        );
    }

    [Fact]
    public void Write_History_CallsFollowTheirMessageAndResultsFollowTheCalls()
    {
        var turn = Turn with
        {
            Instructions = "Be brief",
            Input =
            [
                MessageItem.Of(MessageRole.Developer, "Rules"),
                MessageItem.Of(MessageRole.User, "1+1?"),
                new ReasoningItem("Hm"),
                MessageItem.Of(MessageRole.Assistant, "I add."),
                new ToolCallItem("c1", "add", "{\"a\":1}"),
                new ToolCallItem("c2", "run", "x = 1", ToolKind.Custom),
                new ToolResultItem("c1", [new TextPart("2")], IsError: true),
                new ToolResultItem("c2", [new TextPart("a"), new TextPart("b")], Name: "run"),
                new ToolCallItem("c3", "add", "{}"),
                new ToolResultItem("", [], Name: "add"),
                new MessageItem(MessageRole.Assistant, [new RefusalPart("No.")]),
            ],
        };

        Assert.Equal(
            """[{"role":"system","content":"Be brief"},{"role":"developer","content":"Rules"},{"role":"user","content":"1+1?"},"""
                + """{"role":"assistant","content":"I add.","tool_calls":[{"id":"c1","type":"function","function":{"name":"add","arguments":"{\"a\":1}"}},"""
                + """{"id":"c2","type":"custom","custom":{"name":"run","input":"x = 1"}}]},{"role":"tool","tool_call_id":"c1","content":"ERROR: 2"},"""
                + """{"role":"tool","tool_call_id":"c2","name":"run","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},"""
                + """{"role":"assistant","content":null,"tool_calls":[{"id":"c3","type":"function","function":{"name":"add","arguments":"{}"}}]},"""
                + """{"role":"tool","tool_call_id":"c3","name":"add","content":""},{"role":"assistant","content":null,"refusal":"No."}]""",
            Field(turn, "messages")
        );
        Assert.DoesNotContain("developer", Field(turn, "messages", "developer"), StringComparison.Ordinal);
        Assert.DoesNotContain("system", Field(turn, "messages", "system"), StringComparison.Ordinal);
        Assert.Contains("\"content\":\"a\\nb\"", Field(turn, "messages", "content_parts"), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Reasoning_IsSentOnlyToTargetsThatWantIt()
    {
        var turn = Turn with { Input = [new ReasoningItem("Hm"), MessageItem.Of(MessageRole.Assistant, "Hi")] };
        var call = Call(turn);
        var wanting = call with { Target = call.Target with { Options = call.Target.Options.Add("reasoningField", "reasoning_content") } };

        Assert.DoesNotContain("Hm", Body(call).GetRawText(), StringComparison.Ordinal);
        Assert.Equal("Hm", Body(wanting).GetProperty("messages")[0].GetProperty("reasoning_content").GetString());
    }

    [Fact]
    public void Write_Tools_EachHasItsForm()
    {
        var turn = Turn with
        {
            Tools = [Add, Run],
            Sampling = new SamplingOptions { ParallelToolCalls = false },
        };

        Assert.Equal(
            """[{"type":"function","function":{"name":"add","description":"Adds","parameters":{"type":"object"},"strict":true}},"""
                + """{"type":"custom","custom":{"name":"run","format":{"type":"text"}}}]""",
            Field(turn, "tools")
        );
        Assert.Equal("false", Field(turn, "parallel_tool_calls"));
        Assert.Null(Field(turn, "parallel_tool_calls", "parallel_tool_calls"));
        Assert.Null(Field(turn, "tool_choice"));
        Assert.Null(Field(turn, "tools", "tools"));
        Assert.DoesNotContain("strict", Field(turn, "tools", "strict"), StringComparison.Ordinal);
        Assert.DoesNotContain("run", Field(turn, "tools", "custom_tools"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ToolChoiceMode.None, "", "\"none\"")]
    [InlineData(ToolChoiceMode.Required, "", "\"required\"")]
    [InlineData(ToolChoiceMode.Named, "add", """{"type":"function","function":{"name":"add"}}""")]
    [InlineData(ToolChoiceMode.Named, "run", """{"type":"custom","custom":{"name":"run"}}""")]
    [InlineData(
        ToolChoiceMode.AllowedAuto,
        "add",
        """{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"add"}}]}}"""
    )]
    [InlineData(
        ToolChoiceMode.AllowedRequired,
        "run",
        """{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"custom","custom":{"name":"run"}}]}}"""
    )]
    public void Write_ToolChoice_EachHasItsForm(ToolChoiceMode mode, string name, string expected)
    {
        var turn = Turn with { Tools = [Add, Run], ToolChoice = new ToolChoice(mode, name.Length > 0 ? [name] : []) };

        Assert.Equal(expected, Field(turn, "tool_choice"));
        Assert.Null(Field(turn with { Tools = [] }, "tool_choice"));
    }

    [Fact]
    public void Write_AllowedToolsThatTheServerDoesNotKnow_LeavesTheOthersOut()
    {
        var turn = Turn with { Tools = [Add, Run], ToolChoice = new ToolChoice(ToolChoiceMode.AllowedRequired, ["add"]) };

        Assert.Equal("\"required\"", Field(turn, "tool_choice", "allowed_tools"));
        Assert.DoesNotContain("run", Field(turn, "tools", "allowed_tools"), StringComparison.Ordinal);
        Assert.Null(Field(turn, "tool_choice", "tool_choice"));
        Assert.Null(Field(turn with { ToolChoice = new ToolChoice(ToolChoiceMode.None, []) }, "tools", "tool_choice"));
    }

    [Fact]
    public void Write_Format_EachHasItsForm()
    {
        var schema = Turn with
        {
            Format = new ResponseFormat(ResponseFormatKind.JsonSchema, "city", """{"type":"object"}""", true, "A city"),
        };

        Assert.Equal(
            """{"type":"json_schema","json_schema":{"name":"city","description":"A city","schema":{"type":"object"},"strict":true}}""",
            Field(schema, "response_format")
        );
        Assert.Equal(
            """{"type":"json_object"}""",
            Field(Turn with { Format = new ResponseFormat(ResponseFormatKind.JsonObject) }, "response_format")
        );
    }

    [Fact]
    public void Write_UnknownFields_PassForTheSameDialectOnly()
    {
        const string Json = """{"logit_bias":{"1":2},"repetition_penalty":1.1,"chat_template_kwargs":{"x":true}}""";
        var same = Turn with { Extensions = new RequestExtensions(DialectNames.OpenAiChat, Json) };
        var other = Turn with { Extensions = new RequestExtensions(DialectNames.AnthropicMessages, Json) };

        Assert.Equal("""{"1":2}""", Field(same, "logit_bias"));
        Assert.Equal("1.1", Field(same, "repetition_penalty"));
        Assert.Equal("""{"x":true}""", Field(same, "chat_template_kwargs"));
        Assert.Null(Field(other, "logit_bias"));
    }

    [Theory]
    [InlineData("model")]
    [InlineData("Model")]
    [InlineData("n")]
    [InlineData("service_tier")]
    [InlineData("store")]
    [InlineData("\u017Ftore")]
    [InlineData("\u017Ftream")]
    [InlineData("messages")]
    [InlineData("provider")]
    [InlineData("api_base")]
    [InlineData("previous_response_id")]
    [InlineData("metadata")]
    [InlineData("best_of")]
    public void Write_FieldThatChoosesModelPriceOrOutputs_NeverPasses(string field)
    {
        var turn = Turn with { Extensions = new RequestExtensions(DialectNames.OpenAiChat, $$"""{"{{field}}":"evil"}""") };

        Assert.Equal(Body(Call()).GetRawText(), Body(Call(turn)).GetRawText());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("prompt_cache_key")]
    [InlineData("safety_identifier")]
    public void Write_NamesOfTheClient_DifferBetweenClients(string field)
    {
        var turn = Turn with { Extensions = new RequestExtensions(DialectNames.OpenAiChat, $$"""{"{{field}}":"ann"}""") };
        var one = Field(turn, field);

        Assert.NotNull(one);
        Assert.DoesNotContain("ann", one, StringComparison.Ordinal);
        Assert.Equal(one, Field(turn, field));
        Assert.NotEqual(one, Field(turn with { ClientKeyId = "key-2" }, field));
        Assert.Null(Field(turn, field, "user"));
    }
}
