using System.Buffers;
using System.Text;
using FlowGpt.ApiFrontend.Dialects.OpenAiChat;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Tests.Unit.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Which parts of a body reach the turn.</summary>
public sealed class ChatBodyItemsTests
{
    [Fact]
    public void Read_Parts_AreKeptAsTheyAre()
    {
        var chat = Accept(
            """
            {"model":"m","messages":[{"role":"user","content":[
              {"type":"image_url","image_url":{"url":"data:image/png;base64,AA","detail":"low"}},
              {"image_url":"https://example.com/a.png","type":"image_url"},
              {"type":"input_audio","input_audio":{"data":"AA","format":"wav"}},
              {"type":"file","file":{"file_data":"data:application/pdf;base64,AA","filename":"a.pdf"}},
              {"type":"file","file":{"file_id":"file-1"}}]}]}
            """
        );

        Assert.Equal(
            new MessageItem(
                MessageRole.User,
                [
                    new ImagePart("data:image/png;base64,AA", "low"),
                    new ImagePart("https://example.com/a.png"),
                    new AudioPart("AA", "wav"),
                    new FilePart(null, "data:application/pdf;base64,AA", "a.pdf"),
                    new FilePart("file-1", null),
                ]
            ),
            chat.Content.Input.Single()
        );
    }

    [Fact]
    public void Read_Tools_AreDefinitionsAndAChoice()
    {
        var chat = Accept(
            With(
                """
                "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object", "x":[1]},"strict":true}},
                 {"type":"custom","custom":{"name":"g","format":{"type":"text"}}}],
                "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}},{"type":"custom","name":"g"}]}},
                "parallel_tool_calls":false
                """
            )
        );

        Assert.Equal(
            [
                new ToolDefinition(ToolKind.Function, "f", "d", """{"type":"object", "x":[1]}""", true),
                new ToolDefinition(ToolKind.Custom, "g", null, """{"type":"text"}"""),
            ],
            chat.Content.Tools
        );
        Assert.Equal(ToolChoiceMode.AllowedRequired, chat.Content.ToolChoice.Mode);
        Assert.Equal(["f", "g"], chat.Content.ToolChoice.Names.AsEnumerable());
        Assert.False(chat.Content.Sampling.ParallelToolCalls);
        Assert.False(chat.UsesFunctions);
    }

    [Theory]
    [InlineData("\"auto\"", ToolChoiceMode.Auto)]
    [InlineData("\"none\"", ToolChoiceMode.None)]
    [InlineData("{\"name\":\"f\"}", ToolChoiceMode.Named)]
    public void Read_Functions_AreToolsOfTheOldForm(string choice, ToolChoiceMode mode)
    {
        var chat = Accept(
            With(
                $$$"""
                "functions":[{"name":"f","parameters":{}}],"function_call":{{{choice}}}
                """
            )
        );

        Assert.Equal([new ToolDefinition(ToolKind.Function, "f", null, "{}")], chat.Content.Tools);
        Assert.Equal(mode, chat.Content.ToolChoice.Mode);
        Assert.True(chat.UsesFunctions);
        Assert.False(chat.Content.Sampling.ParallelToolCalls);
    }

    [Fact]
    public void Read_Format_IsKeptAsJson()
    {
        var chat = Accept(
            With(
                """
                "response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"description":"d","schema":{"type":"object"}}}
                """
            )
        );

        Assert.Equal(new ResponseFormat(ResponseFormatKind.JsonSchema, "n", """{"type":"object"}""", true, "d"), chat.Content.Format);
        Assert.Equal(
            new ResponseFormat(ResponseFormatKind.JsonObject),
            Accept(With("\"response_format\":{\"type\":\"json_object\"}")).Content.Format
        );
    }

    [Fact]
    public void Read_SamplingKnobs_AreKept()
    {
        var sampling = Accept(
            With(
                "\"top_p\":0.5,\"presence_penalty\":-1,\"frequency_penalty\":2,\"seed\":-7,\"logprobs\":true,\"top_logprobs\":3,\"reasoning_effort\":\"high\",\"verbosity\":\"low\""
            )
        ).Content.Sampling;

        Assert.Equal((0.5, -1.0, 2.0, -7L), (sampling.TopP, sampling.PresencePenalty, sampling.FrequencyPenalty, sampling.Seed));
        Assert.Equal((true, 3, "high", "low"), (sampling.Logprobs, sampling.TopLogprobs, sampling.ReasoningEffort, sampling.Verbosity));
    }

    [Fact]
    public void Read_UnknownFields_AreKeptButThoseThatChooseModelOrPriceAreNot()
    {
        var chat = Accept(
            With(
                "\"top_k\":5,\"service_tier\":\"priority\",\"user\":\"u\",\"models\":[\"x\"],\"store\":true,\"nothing\":null,\"v\": { \"a\" : 1 }"
            )
        );

        Assert.Equal(DialectNames.OpenAiChat, chat.Content.Extensions!.Dialect);
        Assert.Equal("""{"top_k":5,"user":"u","v": { "a" : 1 }}""", chat.Content.Extensions.Json);
        Assert.Null(Accept(With("\"n\":1")).Content.Extensions);
    }

    private static string With(string member) => $$"""{"model":"m",{{member}},"messages":[{"role":"user","content":"x"}]}""";

    private static ChatRequest Accept(string body)
    {
        Assert.Null(ChatBodyReader.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)), strict: false, out var chat));
        return chat!;
    }
}
