using System.Buffers;
using System.Text;
using FlowGpt.ApiFrontend.Dialects.OpenAiChat;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects.OpenAiChat;

public sealed class ChatBodyReaderTests
{
    [Fact]
    public void Read_EveryHonouredField_IsTaken()
    {
        var chat = Accept(
            """
            {"model":"m","stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},
             "max_tokens":5,"max_completion_tokens":7,"stop":["a","","b"],"temperature":1.5,"metadata":{"conversation_id":"c1","x":"y"},
             "messages":[
              {"role":"developer","content":"rules"},
              {"role":"user","content":[{"type":"text","text":"one"},{"type":"text","text":"two"}],"name":"ann"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"call_1","content":"42"},
              {"role":"assistant","content":null,"function_call":{"name":"g","arguments":"[]"}},
              {"role":"function","name":"g","content":"43"},
              {"role":"assistant","refusal":"no"},
              {"role":"user","content":"go on"}]}
            """
        );

        Assert.Equal("m", chat.Model);
        Assert.True(chat.Stream);
        Assert.True(chat.IncludeUsage);
        Assert.Equal(7, chat.Content.Sampling.MaxOutputTokens);
        Assert.Equal(["a", "b"], chat.Content.Sampling.Stop.AsEnumerable());
        Assert.Equal(1.5, chat.Content.Sampling.Temperature);
        Assert.Equal("c1", chat.ConversationId);
        Assert.Equal(
            [
                MessageItem.Of(MessageRole.Developer, "rules"),
                new MessageItem(MessageRole.User, [new TextPart("one"), new TextPart("two")], "ann"),
                new ToolCallItem("call_1", "f", "{}"),
                new ToolResultItem("call_1", [new TextPart("42")]),
                new ToolCallItem("", "g", "[]"),
                new ToolResultItem("", [new TextPart("43")], Name: "g"),
                new MessageItem(MessageRole.Assistant, [new RefusalPart("no")]),
                MessageItem.Of(MessageRole.User, "go on"),
            ],
            chat.Content.Input
        );
        Assert.Equal("one\ntwo", Assert.IsType<MessageItem>(chat.Content.Input[1]).Text);
    }

    [Theory]
    [InlineData(
        "\"stream\":null,\"stream_options\":null,\"max_tokens\":null,\"max_completion_tokens\":null,\"stop\":null,\"temperature\":null"
    )]
    [InlineData(
        "\"n\":null,\"tools\":null,\"tool_choice\":null,\"functions\":null,\"function_call\":null,\"metadata\":null,\"top_p\":null"
    )]
    [InlineData("\"seed\":null,\"logprobs\":null,\"top_logprobs\":null,\"response_format\":null,\"modalities\":null,\"audio\":null")]
    [InlineData("\"presence_penalty\":null,\"frequency_penalty\":null,\"web_search_options\":null,\"user\":null,\"logit_bias\":null")]
    [InlineData(
        "\"n\":1,\"tools\":[],\"functions\":[],\"tool_choice\":\"auto\",\"parallel_tool_calls\":true,\"stop\":[],\"logprobs\":false"
    )]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":\"none\"")]
    [InlineData("\"functions\":[{\"name\":\"f\"}],\"function_call\":\"none\"")]
    [InlineData(
        "\"response_format\":{\"type\":\"text\"},\"modalities\":[\"text\"],\"top_logprobs\":0,\"seed\":-5,\"temperature\":0,\"top_p\":1"
    )]
    [InlineData(
        "\"reasoning_effort\":\"high\",\"verbosity\":\"low\",\"store\":true,\"service_tier\":\"auto\",\"prediction\":{\"type\":\"content\"}"
    )]
    [InlineData("\"stop\":\"\",\"vendor_field\":{\"deep\":[1,{\"a\":2}]},\"max_tokens\":99999999999")]
    public void Read_KnobThatOnlyTunes_IsAccepted(string member) => Accept(With(member));

    [Theory]
    // The body as such
    [InlineData("", "invalid_json", null)]
    [InlineData("{", "invalid_json", null)]
    [InlineData("[]", "invalid_json", null)]
    [InlineData("\"text\"", "invalid_json", null)]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]} x", "invalid_json", null)]
    [InlineData("{}", "missing_required_parameter", "model")]
    [InlineData("{\"model\":null,\"messages\":[]}", "empty_array", "messages")]
    [InlineData("{\"model\":\"m\"}", "missing_required_parameter", "messages")]
    [InlineData("{\"model\":5}", "invalid_type", "model")]
    [InlineData("{\"model\":\"m\",\"messages\":{}}", "invalid_type", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":null}", "invalid_type", "messages")]
    public void Read_BadBody_NamesTheProblem(string body, string code, string? param) => Refuse(body, code, param);

    [Theory]
    [InlineData("5", "invalid_type", "messages[0]")]
    [InlineData("{\"content\":\"x\"}", "missing_required_parameter", "messages[0].role")]
    [InlineData("{\"role\":\"robot\",\"content\":\"x\"}", "invalid_value", "messages[0].role")]
    [InlineData("{\"role\":1,\"content\":\"x\"}", "invalid_type", "messages[0].role")]
    [InlineData("{\"role\":\"user\"}", "invalid_value", "messages[0].content")]
    [InlineData("{\"role\":\"user\",\"content\":null}", "invalid_value", "messages[0].content")]
    [InlineData("{\"role\":\"user\",\"content\":\"\"}", "invalid_value", "messages[0].content")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"\"}]}", "invalid_value", "messages[0].content")]
    [InlineData("{\"role\":\"system\",\"content\":\"\"}", "invalid_value", "messages")]
    [InlineData("{\"role\":\"user\",\"content\":{}}", "invalid_type", "messages[0].content")]
    [InlineData("{\"role\":\"user\",\"content\":[1]}", "invalid_type", "messages[0].content[0]")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}", "missing_required_parameter", "messages[0].content[0].type")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}", "missing_required_parameter", "messages[0].content[0].text")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":4}]}", "invalid_type", "messages[0].content[0].text")]
    [InlineData("{\"role\":\"user\",\"content\":[{\"type\":\"video\"}]}", "invalid_value", "messages[0].content[0].type")]
    [InlineData(
        "{\"role\":\"assistant\",\"content\":[{\"type\":\"refusal\"}]}",
        "missing_required_parameter",
        "messages[0].content[0].refusal"
    )]
    [InlineData(
        "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}",
        "missing_required_parameter",
        "messages[0].content[0].image_url.url"
    )]
    [InlineData(
        "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":1}}]}",
        "invalid_type",
        "messages[0].content[0].image_url.url"
    )]
    [InlineData(
        "{\"role\":\"user\",\"content\":[{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"AA\"}}]}",
        "missing_required_parameter",
        "messages[0].content[0].input_audio.format"
    )]
    [InlineData(
        "{\"role\":\"user\",\"content\":[{\"type\":\"file\"}]}",
        "missing_required_parameter",
        "messages[0].content[0].file.file_data"
    )]
    [InlineData("{\"role\":\"user\",\"content\":\"x\",\"name\":1}", "invalid_type", "messages[0].name")]
    [InlineData("{\"role\":\"tool\",\"content\":\"x\"}", "missing_required_parameter", "messages[0].tool_call_id")]
    [InlineData("{\"role\":\"function\",\"content\":\"x\"}", "missing_required_parameter", "messages[0].name")]
    [InlineData("{\"role\":\"assistant\",\"audio\":{\"id\":\"a\"}}", "unsupported_parameter", "messages[0].audio")]
    [InlineData("{\"role\":\"assistant\",\"tool_calls\":{}}", "invalid_type", "messages[0].tool_calls")]
    [InlineData("{\"role\":\"assistant\",\"tool_calls\":[3]}", "invalid_type", "messages[0].tool_calls[0]")]
    [InlineData(
        "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\"}]}",
        "missing_required_parameter",
        "messages[0].tool_calls[0].function"
    )]
    [InlineData(
        "{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]}",
        "missing_required_parameter",
        "messages[0].tool_calls[0].id"
    )]
    [InlineData(
        "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"function\":{}}]}",
        "missing_required_parameter",
        "messages[0].tool_calls[0].function.name"
    )]
    [InlineData(
        "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":{}}}]}",
        "invalid_type",
        "messages[0].tool_calls[0].function.arguments"
    )]
    [InlineData("{\"role\":\"assistant\",\"function_call\":{}}", "missing_required_parameter", "messages[0].function_call.name")]
    public void Read_BadMessage_NamesItsPlace(string message, string code, string param) =>
        Refuse($$"""{"model":"m","messages":[{{message}}]}""", code, param);

    [Theory]
    [InlineData("\"stream\":\"yes\"", "invalid_type", "stream")]
    [InlineData("\"stream_options\":{\"include_usage\":true}", "invalid_value", "stream_options")]
    [InlineData("\"stream\":true,\"stream_options\":5", "invalid_type", "stream_options")]
    [InlineData("\"stream\":true,\"stream_options\":{\"include_usage\":1}", "invalid_type", "stream_options.include_usage")]
    [InlineData("\"temperature\":2.1", "decimal_above_max_value", "temperature")]
    [InlineData("\"temperature\":-0.1", "decimal_below_min_value", "temperature")]
    [InlineData("\"temperature\":\"hot\"", "invalid_type", "temperature")]
    [InlineData("\"top_p\":1.1", "decimal_above_max_value", "top_p")]
    [InlineData("\"top_p\":-1", "decimal_below_min_value", "top_p")]
    [InlineData("\"presence_penalty\":3", "decimal_above_max_value", "presence_penalty")]
    [InlineData("\"frequency_penalty\":-3", "decimal_below_min_value", "frequency_penalty")]
    [InlineData("\"max_tokens\":0", "integer_below_min_value", "max_tokens")]
    [InlineData("\"max_completion_tokens\":-1", "integer_below_min_value", "max_completion_tokens")]
    [InlineData("\"max_tokens\":1.5", "invalid_type", "max_tokens")]
    [InlineData("\"max_tokens\":\"5\"", "invalid_type", "max_tokens")]
    [InlineData("\"seed\":\"x\"", "invalid_type", "seed")]
    [InlineData("\"n\":0", "integer_below_min_value", "n")]
    [InlineData("\"n\":129", "integer_above_max_value", "n")]
    [InlineData("\"n\":2", "unsupported_parameter", "n")]
    [InlineData("\"stop\":5", "invalid_type", "stop")]
    [InlineData("\"stop\":[\"a\",1]", "invalid_type", "stop[1]")]
    [InlineData("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", "array_above_max_length", "stop")]
    [InlineData("\"logprobs\":1", "invalid_type", "logprobs")]
    [InlineData("\"top_logprobs\":21", "integer_above_max_value", "top_logprobs")]
    [InlineData("\"tools\":{}", "invalid_type", "tools")]
    [InlineData("\"tools\":[{\"type\":\"function\"}]", "missing_required_parameter", "tools[0].function")]
    [InlineData("\"tools\":[{\"function\":{\"name\":\"f\"}}]", "missing_required_parameter", "tools[0].type")]
    [InlineData("\"tools\":[{\"type\":\"mcp\"}]", "invalid_value", "tools[0].type")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{}}]", "missing_required_parameter", "tools[0].function.name")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a b\"}}]", "invalid_value", "tools[0].function.name")]
    [InlineData(
        "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":[]}}]",
        "invalid_type",
        "tools[0].function.parameters"
    )]
    [InlineData(
        "\"tools\":[{\"type\":\"custom\",\"custom\":{\"name\":\"f\"}},{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]",
        "invalid_value",
        "tools"
    )]
    [InlineData("\"tool_choice\":\"required\"", "invalid_value", "tool_choice")]
    [InlineData(
        "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g\"}}",
        "invalid_value",
        "tool_choice"
    )]
    [InlineData("\"tool_choice\":{\"type\":\"function\"}", "missing_required_parameter", "tool_choice.function.name")]
    [InlineData(
        "\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[]}}",
        "empty_array",
        "tool_choice.allowed_tools.tools"
    )]
    [InlineData("\"tool_choice\":\"maybe\"", "invalid_value", "tool_choice")]
    [InlineData("\"tool_choice\":5", "invalid_type", "tool_choice")]
    [InlineData("\"functions\":[{}]", "missing_required_parameter", "functions[0].name")]
    [InlineData("\"function_call\":\"required\"", "invalid_value", "function_call")]
    [InlineData(
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{}}",
        "missing_required_parameter",
        "response_format.json_schema.name"
    )]
    [InlineData(
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"strict\":true}}",
        "missing_required_parameter",
        "response_format.json_schema.schema"
    )]
    [InlineData("\"response_format\":{\"type\":\"json_schema\"}", "missing_required_parameter", "response_format.json_schema")]
    [InlineData("\"response_format\":{\"type\":\"xml\"}", "invalid_value", "response_format.type")]
    [InlineData("\"response_format\":{}", "missing_required_parameter", "response_format.type")]
    [InlineData("\"response_format\":\"text\"", "invalid_type", "response_format")]
    [InlineData("\"modalities\":[\"text\",\"audio\"]", "unsupported_parameter", "modalities")]
    [InlineData("\"modalities\":[\"smell\"]", "invalid_value", "modalities[0]")]
    [InlineData("\"modalities\":\"text\"", "invalid_type", "modalities")]
    [InlineData("\"audio\":{\"voice\":\"x\"}", "unsupported_parameter", "audio")]
    [InlineData("\"web_search_options\":{}", "unsupported_parameter", "web_search_options")]
    [InlineData("\"metadata\":{\"conversation_id\":[1]}", "invalid_type", "metadata.conversation_id")]
    public void Read_BadSetting_NamesIt(string member, string code, string param) => Refuse(With(member), code, param);

    [Fact]
    public void Read_MetadataTooLarge_SaysWhichLimit()
    {
        var pairs = string.Join(',', Enumerable.Range(0, 17).Select(i => $"\"k{i}\":\"v\""));

        Refuse(With($"\"metadata\":{{{pairs}}}"), "object_above_max_properties", "metadata");
        Refuse(With($"\"metadata\":{{\"{new string('k', 65)}\":\"v\"}}"), "string_above_max_length", "metadata");
        Refuse(With($"\"metadata\":{{\"k\":\"{new string('v', 513)}\"}}"), "string_above_max_length", "metadata.k");
    }

    [Theory]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"vendor\":1}", "vendor")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\",\"vendor\":{}}]}", "messages[0].vendor")]
    public void Read_UnknownField_IsRefusedOnlyWhenStrict(string body, string param)
    {
        Accept(body);

        Assert.Equal(("unknown_parameter", param), Error(body, strict: true) is { } error ? (error.Code, error.Param) : default);
    }

    [Theory]
    [InlineData("\"user\":\"u\",\"logit_bias\":{},\"store\":false")]
    [InlineData("\"max_tokens\":3,\"seed\":1,\"top_p\":1,\"response_format\":null,\"parallel_tool_calls\":false")]
    public void Read_KnownFields_AreNotUnknownWhenStrict(string member) => Assert.Null(Error(With(member), strict: true));

    [Fact]
    public void Read_LongWrongValue_IsShortenedInTheMessage()
    {
        var error = Error($$"""{"model":"m","messages":[{"role":"{{new string('x', 5000)}}","content":""}]}""", strict: false);

        Assert.InRange(error!.Message.Length, 1, 300);
    }

    [Fact]
    public void Read_BodyInManySegments_IsTheSame()
    {
        var bytes = Encoding.UTF8.GetBytes(With("\"stop\":\"grüß\",\"temperature\":1.25"));

        var error = ChatBodyReader.Read(Segments.Of(bytes, 1), strict: true, out var chat);

        Assert.Null(error);
        Assert.Equal("grüß", chat!.Content.Sampling.Stop.Single());
        Assert.Equal(1.25, chat.Content.Sampling.Temperature);
    }

    [Fact]
    public void Read_ByteOrderMark_IsSkipped()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(With("\"n\":1"))];

        Assert.Null(ChatBodyReader.Read(new ReadOnlySequence<byte>(bytes), strict: false, out _));
    }

    [Theory]
    [InlineData("42", "42")]
    [InlineData("1e3", "1e3")]
    [InlineData("null", null)]
    public void Read_ConversationThatIsANumberOrNull_IsItsTextOrNone(string value, string? conversation)
    {
        var body = With($"\"metadata\":{{\"conversation_id\":{value}}}");

        Assert.Equal(conversation, Accept(body).ConversationId);
        Assert.Equal(value == "null" ? null : "invalid_type", Error(body, strict: true)?.Code);
    }

    [Theory]
    [InlineData("{\"a\":1,\"b\":true,\"c\":{\"d\":[]},\"e\":null,\"f\":\"g\"}", """{"a":"1","b":"true","c":"{\"d\":[]}","f":"g"}""")]
    [InlineData("[]", "{}")]
    public void Read_KeptMetadataThatIsNotText_IsItsJsonText(string metadata, string kept) =>
        Assert.Equal(kept, Accept(With($"\"store\":true,\"metadata\":{metadata}")).Metadata);

    [Theory]
    [InlineData("[]", "metadata")]
    [InlineData("{\"a\":1}", "metadata.a")]
    [InlineData("{\"a\":{\"b\":[]},\"c\":\"d\"}", "metadata.a")]
    public void Read_MetadataThatIsNotText_IsRefusedOnlyWhenStrict(string metadata, string param)
    {
        Accept(With($"\"metadata\":{metadata}"));

        Assert.Equal(("invalid_type", param), Error(With($"\"metadata\":{metadata}"), strict: true) is { } e ? (e.Code, e.Param) : default);
    }

    [Theory]
    [InlineData("\"content\":null")]
    [InlineData("\"content\":\"\"")]
    [InlineData("\"content\":[]")]
    [InlineData("\"name\":\"n\"")]
    public void Read_EmptyMessagesOfHistory_AreNothing(string content)
    {
        var empty = string.Join(
            ',',
            new[] { "system", "user", "assistant", "developer" }.Select(role => $"{{\"role\":\"{role}\",{content}}}")
        );
        var chat = Accept(
            $$$"""{"model":"m","messages":[{{{empty}}},{"role":"tool","tool_call_id":"t",{{{content}}}},{"role":"user","content":"x"}]}"""
        );

        Assert.Equal("t", Assert.IsType<ToolResultItem>(chat.Content.Input[0]).CallId);
        Assert.Equal(MessageItem.Of(MessageRole.User, "x"), chat.Content.Input[1]);
        Assert.Equal(2, chat.Content.Input.Length);
    }

    [Fact]
    public void Read_HalfASurrogatePair_IsTheReplacementCharacter()
    {
        var chat = Accept(
            """{"model":"m","ignored":"\ud83d","vendor":{"a":"\udc00b"},"messages":[{"role":"user","content":"cut \ud83d here \ud83d\ude00 \\ud83d"}]}"""
        );

        Assert.Equal(MessageItem.Of(MessageRole.User, "cut \uFFFD here \U0001F600 \\ud83d"), chat.Content.Input.Single());
        Assert.Equal("""{"ignored":"\ufffd","vendor":{"a":"\ufffdb"}}""", chat.Content.Extensions!.Json);
    }

    private static string With(string member) => $$"""{"model":"m",{{member}},"messages":[{"role":"user","content":"x"}]}""";

    private static ChatRequest Accept(string body)
    {
        var error = ChatBodyReader.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)), strict: false, out var chat);
        Assert.Null(error);
        return chat!;
    }

    private static void Refuse(string body, string code, string? param)
    {
        var error = Error(body, strict: false);
        Assert.NotNull(error);
        Assert.Equal((400, "invalid_request_error", code, param), (error.Status, error.Type, error.Code, error.Param));
    }

    private static ApiError? Error(string body, bool strict) =>
        ChatBodyReader.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)), strict, out _);
}
