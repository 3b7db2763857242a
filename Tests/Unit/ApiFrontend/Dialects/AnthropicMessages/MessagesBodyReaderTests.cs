using System.Text;
using FlowGpt.ApiFrontend.Dialects.AnthropicMessages;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Tests.Unit.ApiFrontend.Dialects.OpenAiChat;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>How a body is read, and the errors of bad bodies.</summary>
public sealed class MessagesBodyReaderTests
{
    [Fact]
    public void Read_SystemAndMessages_BecomeItemsWithTheirMarks()
    {
        var request = Good(
            """
            {"model":"m","max_tokens":9,"system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],
             "messages":[{"role":"user","content":"a"},{"role":"assistant","content":[
               {"type":"thinking","thinking":"hm","signature":"sig"},{"type":"text","text":"b"},
               {"type":"tool_use","id":"t1","name":"f","input":{"x":1}}]},
              {"role":"user","content":[{"type":"text","text":"look"},
               {"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[{"type":"text","text":"bad"},
                 {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AQ=="}}]}]}]}
            """
        );

        Assert.Equal(
            [
                new MessageItem(
                    MessageRole.System,
                    [new TextPart("Be brief."), new OpaquePart(DialectNames.AnthropicMarks, """{"cache_control":{"type":"ephemeral"}}""")]
                ),
                MessageItem.Of(MessageRole.User, "a"),
                new ReasoningItem("hm", "sig"),
                MessageItem.Of(MessageRole.Assistant, "b"),
                new ToolCallItem("t1", "f", """{"x":1}"""),
                new ToolResultItem("t1", [new TextPart("bad"), new ImagePart("data:image/png;base64,AQ==")], IsError: true),
                MessageItem.Of(MessageRole.User, "look"),
            ],
            request.Content.Input
        );
    }

    [Fact]
    public void Read_DocumentsAndBlocksOfTheDialectAlone_AreKept()
    {
        var request = Good(
            """
            {"model":"m","max_tokens":9,"messages":[{"role":"user","content":[
              {"type":"document","title":"t","source":{"type":"text","media_type":"text/plain","data":"hi"},"citations":{"enabled":true}},
              {"type":"image","source":{"type":"url","url":"https://host/x.png"}}]},
             {"role":"assistant","content":[{"type":"redacted_thinking","data":"zz"}]},{"role":"user","content":"go"}]}
            """
        );

        Assert.Equal(
            [
                new MessageItem(
                    MessageRole.User,
                    [
                        new FilePart(null, "data:text/plain;base64,aGk=", "t"),
                        new OpaquePart(DialectNames.AnthropicMarks, """{"citations":{"enabled":true}}"""),
                        new ImagePart("https://host/x.png"),
                    ]
                ),
                new OpaqueItem(DialectNames.AnthropicMessages, """{"type":"redacted_thinking","data":"zz"}"""),
                MessageItem.Of(MessageRole.User, "go"),
            ],
            request.Content.Input
        );
    }

    [Theory]
    [InlineData("""{"type":"auto","disable_parallel_tool_use":true}""", ToolChoiceMode.Auto, false)]
    [InlineData("""{"type":"any"}""", ToolChoiceMode.Required, null)]
    [InlineData("""{"type":"tool","name":"f","disable_parallel_tool_use":false}""", ToolChoiceMode.Named, true)]
    [InlineData("""{"type":"none"}""", ToolChoiceMode.None, null)]
    public void Read_ToolChoice_HasItsMode(string choice, ToolChoiceMode mode, bool? parallel)
    {
        var content = Good(
            Body(
                """
                "tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":
                """ + choice
            )
        ).Content;

        Assert.Equal((mode, parallel), (content.ToolChoice.Mode, content.Sampling.ParallelToolCalls));
        Assert.Equal(new ToolDefinition(ToolKind.Function, "f", null, """{"type":"object"}"""), Assert.Single(content.Tools));
    }

    [Fact]
    public void Read_FieldsOfTheDialectAlone_PassAsExtensions()
    {
        var content = Good(
            Body(
                """
                "top_k":5,"thinking":{"type":"enabled","budget_tokens":2000},"temperature":0.5,"stop_sequences":["x"],
                "tools":[{"type":"web_search_20250305","name":"web_search"},{"name":"f","input_schema":{},"cache_control":{"type":"ephemeral"}}]
                """
            ),
            betas: "one,two"
        ).Content;

        Assert.Equal("f", Assert.Single(content.Tools).Name);
        Assert.Equal(
            """{"top_k":5,"thinking":{"type":"enabled","budget_tokens":2000},"tools":[{"type":"web_search_20250305","name":"web_search"},{"name":"f","input_schema":{},"cache_control":{"type":"ephemeral"}}],"anthropic_beta":"one,two"}""",
            content.Extensions!.Json
        );
        Assert.Equal((0.5, "x", 9), (content.Sampling.Temperature, content.Sampling.Stop[0], content.Sampling.MaxOutputTokens));
    }

    [Fact]
    public void Read_OutputFormat_IsTheReplysForm()
    {
        var schema = """{"type":"object","properties":{}}""";

        var format = Good(
            Body("\"output_config\":{\"effort\":\"low\",\"format\":{\"type\":\"json_schema\",\"schema\":" + schema + "}}")
        ).Content.Format!;

        Assert.Equal((ResponseFormatKind.JsonSchema, schema), (format.Kind, format.Schema));
    }

    [Fact]
    public void Read_SecondUseOfAnIdByALaterCall_MayBeAnsweredAgain()
    {
        const string Call = """{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{}}]}""";
        const string Result = """{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"a"}]}""";

        var request = Good($$"""{"model":"m","max_tokens":9,"messages":[{{Call}},{{Result}},{{Call}},{{Result}}]}""");

        Assert.Equal(2, request.Content.Input.OfType<ToolResultItem>().Count());
    }

    [Theory]
    [InlineData(
        """{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"a"},{"type":"tool_result","tool_use_id":"t1","content":"b"}]}]}""",
        "invalid_value",
        "messages[1].content[1].tool_use_id"
    )]
    [InlineData(
        """{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"a"}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"b"}]}]}""",
        "invalid_value",
        "messages[2].content[0].tool_use_id"
    )]
    [InlineData("""{"max_tokens":9,"messages":[{"role":"user","content":"a"}]}""", "missing_required_parameter", "model")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"a"}]}""", "missing_required_parameter", "max_tokens")]
    [InlineData("""{"model":"m","max_tokens":0,"messages":[{"role":"user","content":"a"}]}""", "integer_below_min_value", "max_tokens")]
    [InlineData("""{"model":"m","max_tokens":9}""", "missing_required_parameter", "messages")]
    [InlineData("""{"model":"m","max_tokens":9,"messages":[]}""", "empty_array", "messages")]
    [InlineData("""{"model":"m","max_tokens":9,"messages":[{"role":"user","content":""}]}""", "invalid_value", "messages[0].content")]
    [InlineData("""{"model":"m","max_tokens":9,"messages":[{"role":"user","content":null}]}""", "invalid_value", "messages[0].content")]
    [InlineData(
        """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"user"}]}""",
        "invalid_value",
        "messages[1].content"
    )]
    [InlineData("""{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":null}]}""", "invalid_value", "messages")]
    [InlineData("""{"model":"m","max_tokens":9,"messages":[{"role":"tool","content":"a"}]}""", "invalid_value", "messages[0].role")]
    [InlineData("""{"model":"m","max_tokens":9,"messages":[{"role":"user","content":5}]}""", "invalid_type", "messages[0].content")]
    [InlineData(
        """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"file","file_id":"f"}}]}]}""",
        "unsupported_parameter",
        "messages[0].content[0].source.type"
    )]
    [InlineData(
        """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"}],"tool_choice":{"type":"tool","name":"g"}}""",
        "invalid_value",
        "tool_choice.name"
    )]
    [InlineData(
        """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"}],"thread":{"type":"continue"}}""",
        "missing_required_parameter",
        "thread.previous_message_id"
    )]
    public void Read_BadBody_NamesTheFieldAndTheProblem(string body, string code, string param)
    {
        var error = Read(body, strict: false, null, out _);

        Assert.Equal((400, code, param), (error!.Status, error.Code, error.Param));
    }

    [Theory]
    [InlineData(",\"content\":null")]
    [InlineData(",\"content\":\"\"")]
    [InlineData(",\"content\":[]")]
    [InlineData("")]
    public void Read_EmptyMessagesOfHistory_AreNothing(string content)
    {
        var request = Good(
            $$"""{"model":"m","max_tokens":9,"messages":[{"role":"user"{{content}}},{"role":"assistant"{{content}}},{"role":"user","content":"a"},{"role":"assistant"{{content}}}]}"""
        );

        Assert.Equal([MessageItem.Of(MessageRole.User, "a")], request.Content.Input);
    }

    [Fact]
    public void Read_UnknownField_IsRefusedOnlyWhenStrict()
    {
        var body = Body("\"surprise\":1");

        Assert.Null(Read(body, strict: false, null, out _));
        Assert.Equal("unknown_parameter", Read(body, strict: true, null, out _)!.Code);
    }

    [Fact]
    public void Read_HalfASurrogatePair_IsReplaced()
    {
        var request = Good("""{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a\ud83d"}]}""");

        Assert.Equal(MessageItem.Of(MessageRole.User, "a\uFFFD"), request.Content.Input[0]);
    }

    private static string Body(string members) =>
        $$"""{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"}],{{members}}}""";

    private static MessagesRequest Good(string body, string? betas = null)
    {
        Assert.Null(Read(body, strict: false, betas, out var request));
        return request!;
    }

    private static ApiError? Read(string body, bool strict, string? betas, out MessagesRequest? request) =>
        MessagesBodyReader.Read(Segments.Of(Encoding.UTF8.GetBytes(body), 7), strict, betas, out request);
}
