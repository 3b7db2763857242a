using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Secrets;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.OpenAi;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

/// <summary>How a context is sent to a server with Responses, and how the annotations of its replies are read.</summary>
public sealed class ResponsesItemTests
{
    private const string Annotation = """{"type":"url_citation","url":"https://example.org/a","title":"A","start_index":0,"end_index":4}""";

    private const string Given =
        """{"annotations":[{"type":"url_citation","url_citation":{"url":"https://example.org/a","title":"A","start_index":0,"end_index":4}}]}""";

    [Theory]
    [InlineData(ToolKind.Function, "function_call_output")]
    [InlineData(ToolKind.Custom, "custom_tool_call_output")]
    public void Write_CallWithoutItsResult_GetsOneThatSaysSo(ToolKind kind, string type)
    {
        var input = Input(
            MessageItem.Of(MessageRole.User, "hi"),
            new ToolCallItem("c1", "f", "{}", kind),
            new ToolCallItem("c2", "f", "{}", kind),
            new ToolResultItem("c2", [new TextPart("42")], Kind: kind),
            MessageItem.Of(MessageRole.User, "and?")
        );

        var results = input.Where(item => (string?)item!["type"] == type).ToDictionary(static item => (string)item!["call_id"]!);
        Assert.Equal(2, results.Count);
        Assert.Equal("There is no result of this call.", (string?)results["c1"]!["output"]);
        Assert.Equal("42", (string?)results["c2"]!["output"]);
    }

    /// <summary>The protocol has no field for the failure of a tool.</summary>
    [Fact]
    public void Write_ResultOfAFailedTool_SaysSo()
    {
        var image = new ImagePart("data:image/png;base64,AQID");
        var input = Input(
            new ToolCallItem("c1", "f", "{}"),
            new ToolCallItem("c2", "f", "{}"),
            new ToolCallItem("c3", "f", "{}"),
            new ToolResultItem("c1", [new TextPart("no disk")], IsError: true),
            new ToolResultItem("c2", [image], IsError: true),
            new ToolResultItem("c3", [], IsError: true)
        );

        Assert.Equal("ERROR: no disk", (string?)input[3]!["output"]);
        Assert.Equal("ERROR: ", (string?)input[4]!["output"]![0]!["text"]);
        Assert.Equal("ERROR: ", (string?)input[5]!["output"]);
    }

    [Fact]
    public void Read_AnnotationOfAStream_ComesOnce()
    {
        var reply = Read(
            """{"type":"response.output_text.delta","output_index":0,"delta":"text"}""",
            $$$"""{"type":"response.output_text.annotation.added","output_index":0,"annotation_index":0,"annotation":{{{Annotation}}}}""",
            $$$"""{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"text","annotations":[{{{Annotation}}}]}]}}"""
        );

        Assert.Equal(
            [EventKind.MessageStarted, EventKind.TextDelta, EventKind.Extension, EventKind.ItemEnded],
            reply.Events.Select(static one => one.Kind)
        );
        Assert.Equal(Given, reply.Events[2].Payload);
    }

    [Fact]
    public void Read_AnnotationOfAWholeItem_Comes()
    {
        var reply = Read(
            $$$"""{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"text","annotations":[{{{Annotation}}}, 5]}]}}"""
        );

        Assert.Equal(Given, Assert.Single(reply.Events, static one => one.Kind == EventKind.Extension).Payload);
    }

    private static JsonArray Input(params Item[] context)
    {
        var body = new ArrayBufferWriter<byte>();
        var call = OpenAiCalls.Call(OpenAiCalls.Turn with { Input = [.. context] });
        ResponsesRequestWriter.Write(body, call, new OpenAiPool(OpenAiCalls.Definition()), new ReasoningSeal(new EphemeralVault()));
        return JsonNode.Parse(body.WrittenSpan)!["input"]!.AsArray();
    }

    private static RecordedReply Read(params string[] events)
    {
        var reply = new RecordedReply();
        var reader = new ResponseReplyReader(static () => "call", static text => text, wantsLogprobs: false, httpStatus: 200);
        reader.Begin(reply);
        foreach (var one in events)
        {
            reader.Read(Encoding.UTF8.GetBytes(one));
        }

        reader.Flush();
        Assert.Null(reader.Failure);
        return reply;
    }
}
