using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

/// <summary>Tool calls in every form that servers send; a call is whole or absent.</summary>
public sealed class ChatToolCallTests
{
    [Theory]
    [InlineData(
        "as OpenAI",
        """{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"add","arguments":""}}]}""",
        """{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]}""",
        """{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}"""
    )]
    [InlineData(
        "id and name late",
        """{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}""",
        """{"tool_calls":[{"index":0,"id":"call_1","function":{"arguments":":1"}}]}""",
        """{"tool_calls":[{"index":0,"function":{"name":"add","arguments":"}"}}]}"""
    )]
    [InlineData(
        "id and name repeated",
        """{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"add","arguments":"{\"a\""}}]}""",
        """{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"add","arguments":":1}"}}]}""",
        """{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"","arguments":""}}]}"""
    )]
    [InlineData(
        "a new id with each piece",
        """{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"add","arguments":"{\"a\""}}]}""",
        """{"tool_calls":[{"index":0,"id":"call_2","function":{"arguments":":1"}}]}""",
        """{"tool_calls":[{"index":0,"id":"call_3","function":{"arguments":"}"}}]}"""
    )]
    [InlineData(
        "no index",
        """{"tool_calls":[{"id":"call_1","function":{"name":"add"}}]}""",
        """{"tool_calls":[{"function":{"arguments":"{\"a\":"}}]}""",
        """{"tool_calls":[{"function":{"arguments":"1}"}}]}"""
    )]
    [InlineData(
        "arguments as JSON",
        """{"tool_calls":[]}""",
        """{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"add","arguments":{"a":1}}}]}""",
        """{"tool_calls":[{"index":1}],"content":""}"""
    )]
    public async Task Read_OneCall_ComesWhole(string form, string first, string second, string third)
    {
        for (var pieceLength = 1; pieceLength < 300; pieceLength += 13)
        {
            var body = string.Concat(new[] { first, second, third }.Select(delta => ChatBody.Event(ChatBody.Chunk(delta))));
            var outcome = await ChatBody.ReadAsync(body + ChatBody.Event(ChatBody.Chunk("{}", "\"tool_calls\"")), pieceLength);

            Assert.Null(outcome.Failure);
            var call = Assert.Single(outcome.Events.Items);
            Assert.Equal(
                (form, new ToolCallHead(ToolKind.Function, "call_1", "add"), "{\"a\":1}", true),
                (form, call.Head, call.Of(EventKind.ArgumentsDelta), call.HasEnded)
            );
            Assert.Equal(FinishReason.ToolCalls, outcome.Finish);
        }
    }

    [Fact]
    public async Task Read_CallsThatInterleave_AreKeptApart()
    {
        var outcome = await ChatBody.ReadAsync(
            ChatBody.Stream(
                """{"content":"I look."}""",
                """{"tool_calls":[{"index":0,"id":"a","function":{"name":"one","arguments":"{\"x\""}},{"index":1,"id":"b","function":{"name":"two","arguments":"{\"y\""}}]}""",
                """{"tool_calls":[{"index":1,"function":{"arguments":":2}"}},{"index":0,"function":{"arguments":":1}"}}]}"""
            )
        );

        Assert.Equal(["{\"x\":1}", "{\"y\":2}"], outcome.Events.Calls.Select(static call => call.Of(EventKind.ArgumentsDelta)));
        Assert.Equal(["one", "two"], outcome.Events.Calls.Select(static call => call.Head.Name));
        Assert.Equal(("I look.", FinishReason.ToolCalls), (outcome.Text, outcome.Finish));
    }

    [Fact]
    public async Task Read_CallsThatShareAnIndex_AreKeptApart()
    {
        var outcome = await ChatBody.ReadAsync(
            ChatBody.Stream(
                """{"tool_calls":[{"index":0,"id":"a","function":{"name":"one","arguments":"{}"}}]}""",
                """{"tool_calls":[{"index":0,"id":"b","function":{"name":"two","arguments":"{}"}}]}"""
            )
        );

        Assert.Equal(["one", "two"], outcome.Events.Calls.Select(static call => call.Head.Name));
    }

    [Fact]
    public async Task Read_WholeReply_GivesItsCalls()
    {
        var outcome = await ChatBody.ReadAsync(
            """
            {"choices":[{"finish_reason":"stop","message":{"content":null,"tool_calls":[
              {"id":"a","type":"function","function":{"name":"one","arguments":"{\"x\":1}"}},
              {"id":"b","type":"custom","custom":{"name":"two","input":"free text"}}]}}]}
            """
        );

        Assert.Equal(["{\"x\":1}", "free text"], outcome.Events.Calls.Select(static call => call.Of(EventKind.ArgumentsDelta)));
        Assert.Equal([ToolKind.Function, ToolKind.Custom], outcome.Events.Calls.Select(static call => call.Head.Kind));
        Assert.All(outcome.Events.Calls, static call => Assert.True(call.HasEnded));
        Assert.Equal(FinishReason.ToolCalls, outcome.Finish);
    }

    [Fact]
    public async Task Read_NoIds_MakesThem()
    {
        var outcome = await ChatBody.ReadAsync(
            ChatBody.Stream(
                """{"tool_calls":[{"index":0,"function":{"name":"one","arguments":"{}"}},{"index":1,"function":{"name":"two"}}]}"""
            )
        );

        Assert.Equal(["made_1", "made_2"], outcome.Events.Calls.Select(static call => call.Head.CallId));
        Assert.Equal(["{}", "{}"], outcome.Events.Calls.Select(static call => call.Of(EventKind.ArgumentsDelta)));
    }

    [Theory]
    [InlineData("\"length\"", FinishReason.Length)]
    [InlineData("\"content_filter\"", FinishReason.ContentFilter)]
    public async Task Read_ReplyCutInsideACall_DoesNotEndTheCall(string finish, FinishReason expected)
    {
        var outcome = await ChatBody.ReadAsync(
            ChatBody.Event(
                ChatBody.Chunk("""{"tool_calls":[{"index":0,"id":"a","function":{"name":"one","arguments":"{\"x\":"}}]}""", finish)
            )
        );

        Assert.Equal(expected, outcome.Finish);
        Assert.False(Assert.Single(outcome.Events.Calls).HasEnded);
    }

    [Theory]
    [InlineData("{\\\"x\\\":1}", true)]
    [InlineData("{\\\"x\\\":", false)]
    public async Task Read_NoFinishReason_TheCallIsWholeWhenItsArgumentsAre(string arguments, bool isWhole)
    {
        var call = $$$"""{"tool_calls":[{"index":0,"id":"a","function":{"name":"one","arguments":"{{{arguments}}}"}}]}""";
        var outcome = await ChatBody.ReadAsync(ChatBody.Event(ChatBody.Chunk(call)) + ChatBody.Event("[DONE]"));

        Assert.Equal(isWhole, Assert.Single(outcome.Events.Calls).HasEnded);
        Assert.Equal(isWhole ? null : FailureReason.ConnectionReset, outcome.Failure?.Reason);
    }

    [Theory]
    [InlineData("{\\\"x\\\":", "\"tool_calls\"")]
    [InlineData("{\\\"x\\\":", "\"stop\"")]
    [InlineData("[1]", "\"tool_calls\"")]
    [InlineData("{} {}", "\"tool_calls\"")]
    [InlineData("null", "\"tool_calls\"")]
    public async Task Read_ArgumentsAreNoWholeObjectThoughTheReplyIsSaidToBeWhole_FailsAndEndsNoCall(string arguments, string finish)
    {
        var whole = """{"tool_calls":[{"index":0,"id":"a","function":{"name":"one","arguments":"{}"}}]}""";
        var broken = $$$"""{"tool_calls":[{"index":1,"id":"b","function":{"name":"two","arguments":"{{{arguments}}}"}}]}""";
        var streamed = ChatBody.Event(ChatBody.Chunk(whole)) + ChatBody.Event(ChatBody.Chunk(broken, finish)) + ChatBody.Event("[DONE]");
        foreach (var body in (string[])[streamed, $$"""{"choices":[{"finish_reason":{{finish}},"message":{{broken}}}]}"""])
        {
            var outcome = await ChatBody.ReadAsync(body);

            Assert.Equal(FailureReason.Unfit, outcome.Failure?.Reason);
            Assert.Contains("not a whole JSON object", outcome.Failure!.Message, StringComparison.Ordinal);
            Assert.All(outcome.Events.Calls, static call => Assert.False(call.HasEnded));
        }
    }

    [Fact]
    public async Task Read_CallWithoutName_IsNoReply()
    {
        var outcome = await ChatBody.ReadAsync(ChatBody.Stream("""{"tool_calls":[{"index":0,"id":"a","function":{"arguments":"{}"}}]}"""));

        Assert.Equal(FailureClass.Upstream, outcome.Failure?.Class);
        Assert.Equal(ImmutableArray<RecordedReply.RecordedItem>.Empty, outcome.Events.Items);
    }
}
