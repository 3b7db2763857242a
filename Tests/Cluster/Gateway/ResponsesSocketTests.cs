using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using static FlowGpt.Tests.Cluster.Gateway.ResponsesSocketClient;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Responses over a WebSocket: the events of a stream as messages, the responses that a connection keeps, and which origins may open one.</summary>
public sealed class ResponsesSocketTests(OpenAiPoolFixture fixture) : IClassFixture<OpenAiPoolFixture>
{
    private const string Model = OpenAiPoolFixture.Model;

    private Gateway Gateway => fixture.Gateway;

    [Fact]
    public async Task Message_IsAnsweredWithTheEventsOfAStream()
    {
        using var socket = await ConnectAsync();

        var events = await AskAsync(socket, Ask("Say exactly: over the socket"));

        Assert.Equal("response.created", TypeOf(events[0]));
        Assert.Equal("response.completed", TypeOf(events[^1]));
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(static one => (int)one["sequence_number"]!));
        Assert.Contains("over the socket", events[^1].ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_TooLong_IsAnErrorAndEndsTheConnectionAs1009()
    {
        using var socket = await ConnectAsync();

        await socket.SendAsync(new byte[30 * 1024 * 1024], WebSocketMessageType.Text, true, TestDeadline.Token);
        var error = (await ReadAsync(socket))!;
        var close = await socket.ReceiveAsync(new byte[1024].AsMemory(), TestDeadline.Token);

        Assert.Equal(("error", 413), (TypeOf(error), (int)error["status"]!));
        Assert.Equal(WebSocketMessageType.Close, close.MessageType);
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, socket.CloseStatus);
    }

    [Fact]
    public async Task Messages_AreAnsweredInOrder()
    {
        using var socket = await ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await SendAsync(socket, Ask($"Say exactly: turn-{i}"));
        }

        for (var i = 0; i < 3; i++)
        {
            var events = await ReadResponseAsync(socket);

            Assert.Contains($"turn-{i}", events[^1].ToJsonString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task NotKept_IsGoneOnFromOnItsConnectionAlone()
    {
        using var socket = await ConnectAsync();
        using var other = await ConnectAsync();
        var first = await AskAsync(socket, Ask("The code word: larch-socket. Remember it.", isKept: false));
        var id = (string)first[^1]["response"]!["id"]!;
        var next = Ask("What is the code word?", isKept: false);
        next["previous_response_id"] = id;

        var elsewhere = await AskAsync(other, next);
        var second = await AskAsync(socket, next);
        var third = Ask("What is the code word? Again.", isKept: false);
        third["previous_response_id"] = (string)second[^1]["response"]!["id"]!;
        var last = await AskAsync(socket, third);
        var forgotten = await AskAsync(socket, next);

        Assert.Equal("previous_response_not_found", (string?)elsewhere[^1]["error"]!["code"]);
        Assert.Equal(400, (int)elsewhere[^1]["status"]!);
        Assert.Contains("larch-socket", second[^1].ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(id, (string?)second[^1]["response"]!["previous_response_id"]);
        Assert.Contains("larch-socket", last[^1].ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("previous_response_not_found", (string?)forgotten[^1]["error"]!["code"]);
    }

    [Fact]
    public async Task Kept_IsGoneOnFromAnyConnection()
    {
        using var socket = await ConnectAsync();
        using var other = await ConnectAsync();
        var first = await AskAsync(socket, Ask("The code word: maple-socket. Remember it."));
        var next = Ask("What is the code word?");
        next["previous_response_id"] = (string)first[^1]["response"]!["id"]!;

        var second = await AskAsync(other, next);

        Assert.Contains("maple-socket", second[^1].ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WarmUp_MakesNoCallAndIsGoneOnFrom()
    {
        using var socket = await ConnectAsync();
        var before = Gateway.Simulator.Truth.Snapshot().Global.ChatCalls;
        var warm = Ask("The code word: rowan-socket. Remember it.", isKept: false);
        warm["generate"] = false;

        var first = await AskAsync(socket, warm);
        var after = Gateway.Simulator.Truth.Snapshot().Global.ChatCalls;
        var next = Ask("What is the code word?", isKept: false);
        next["previous_response_id"] = (string)first[^1]["response"]!["id"]!;
        var second = await AskAsync(socket, next);

        Assert.Equal(before, after);
        Assert.Empty(first[^1]["response"]!["output"]!.AsArray());
        Assert.Contains("rowan-socket", second[^1].ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"response.cancel"}""", "invalid_value", 400)]
    [InlineData("""{"model":"smart"}""", "missing_required_parameter", 400)]
    [InlineData("""nonsense""", "invalid_json", 400)]
    [InlineData("""{"type":"response.create","model":"none","input":"x"}""", "model_not_found", 404)]
    [InlineData("""{"type":"response.create","model":"smart","input":"x","background":true}""", "unsupported_parameter", 400)]
    public async Task BadMessage_IsAnErrorAndTheConnectionStands(string message, string code, int status)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

        var error = await ReadAsync(socket);
        var next = await AskAsync(socket, Ask("Say exactly: still here"));

        Assert.Equal(("error", code, status), (TypeOf(error!), (string?)error!["error"]!["code"], (int)error["status"]!));
        Assert.Equal("response.completed", TypeOf(next[^1]));
    }

    [Theory]
    [InlineData("https://evil.example", false)]
    [InlineData("null", false)]
    [InlineData("SELF", true)]
    public async Task Origin_OfAnotherPage_IsRefused(string origin, bool isAllowed)
    {
        var self = Gateway.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

        if (isAllowed)
        {
            using var socket = await ConnectAsync(origin.Replace("SELF", self, StringComparison.Ordinal));
            Assert.Equal(WebSocketState.Open, socket.State);
        }
        else
        {
            var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(origin));
            Assert.Contains("403", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WrongKey_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(key: "sk-wrong-key-0123456789"));

        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlainGet_IsNotAllowed()
    {
        using var answer = await Gateway.Http.GetAsync("/v1/responses");

        Assert.Equal(405, (int)answer.StatusCode);
        Assert.Contains("POST", answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task ClientThatLeaves_CancelsTheCall()
    {
        var cut = CutByClient();
        using (var socket = await ConnectAsync())
        {
            await SendAsync(socket, Ask("Tell a story [[sim: tokens=2000 flush per=100ms]]", isKept: false));
            while (TypeOf((await ReadAsync(socket))!) != "response.output_text.delta")
            {
                // The response must be running.
            }

            socket.Abort();
        }

        await Gateway.Simulator.Truth.WaitUntilAsync(_ => CutByClient() > cut, TestDeadline.Token);

        long CutByClient() => Gateway.Simulator.Truth.Snapshot().Accounts.Sum(static account => account.CutByClient);
    }

    private static JsonObject Ask(string input, bool isKept = true) =>
        new()
        {
            ["type"] = "response.create",
            ["model"] = Model,
            ["input"] = input,
            ["store"] = isKept,
        };

    private Task<ClientWebSocket> ConnectAsync(string? origin = null, string key = Gateway.MasterKey) =>
        ResponsesSocketClient.ConnectAsync(Gateway.Http.BaseAddress!, key, origin);
}
