using System.Net.WebSockets;
using System.Text.Json.Nodes;
using static FlowGpt.Tests.Cluster.Gateway.ResponsesSocketClient;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The cases of the Open Responses specification over a WebSocket, each turn of a case on one connection: the events are those of a stream over HTTP.</summary>
public sealed class OpenResponsesSocketTests(AnthropicPoolFixture fixture) : IClassFixture<AnthropicPoolFixture>
{
    private const string Weather =
        """{"type":"function","name":"get_weather","description":"The weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}""";

    public static TheoryData<string> Models { get; } = [Gateway.Model, AnthropicPoolFixture.Compatible, AnthropicPoolFixture.Claude];

    [Theory, MemberData(nameof(Models))]
    public async Task Text_WithInstructions_GivesAMessage(string model)
    {
        using var socket = await ConnectAsync();

        var response = await ServeAsync(socket, model, """ "input":"Say exactly: Hello there","instructions":"Be brief." """);

        Assert.Equal("Hello there", TextOf(response));
        Assert.Equal(("completed", "Be brief."), ((string?)response["status"], (string?)response["instructions"]));
    }

    [Theory, MemberData(nameof(Models))]
    public async Task RolesAndHistory_AreTheContext(string model)
    {
        const string History = """
            {"role":"system","content":"Be brief."},
            {"role":"user","content":"The code word: poplar. Remember it."},
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I will.","annotations":[]}]},
            {"role":"user","content":"What is the code word?"}
            """;
        using var socket = await ConnectAsync();

        var response = await ServeAsync(socket, model, $"\"input\":[{History}]");

        Assert.Contains("poplar", TextOf(response), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Tool_IsCalledAndItsResultIsUsed_AsAStoredTurnAndAsOneOfTheConnection(string model)
    {
        using var socket = await ConnectAsync();
        foreach (var store in (string[])["true", "false"])
        {
            var first = await ServeAsync(socket, model, $"\"store\":{store},\"input\":\"Use get_weather for Oslo\",\"tools\":[{Weather}]");
            var call = Assert.Single(first["output"]!.AsArray())!;
            var result = new JsonObject
            {
                ["type"] = "function_call_output",
                ["call_id"] = (string?)call["call_id"],
                ["output"] = "rain",
            };

            var second = await ServeAsync(
                socket,
                model,
                $"\"store\":{store},\"previous_response_id\":\"{first["id"]}\",\"input\":[{result.ToJsonString()}],\"tools\":[{Weather}]"
            );

            Assert.Equal(("function_call", "get_weather"), ((string?)call["type"], (string?)call["name"]));
            Assert.Equal("Oslo", (string?)JsonNode.Parse((string)call["arguments"]!)!["city"]);
            Assert.Equal("get_weather returned rain.", TextOf(second));
        }
    }

    [Theory, MemberData(nameof(Models))]
    public async Task JsonSchema_IsObeyed(string model)
    {
        const string Format = """
            {"type":"json_schema","name":"answer","strict":true,"schema":{"type":"object","properties":{"answer":{"type":"string"},"celsius":{"type":"number"}},"required":["answer","celsius"],"additionalProperties":false}}
            """;
        using var socket = await ConnectAsync();

        var response = await ServeAsync(socket, model, $"\"input\":\"How warm is it?\",\"text\":{{\"format\":{Format}}}");

        Assert.Equal(["answer", "celsius"], JsonNode.Parse(TextOf(response))!.AsObject().Select(static member => member.Key).Order());
    }

    [Theory, MemberData(nameof(Models))]
    public async Task FewTokens_AreAnIncompleteResponse(string model)
    {
        using var socket = await ConnectAsync();

        var response = await ServeAsync(socket, model, """ "input":"Tell a story [[sim: tokens=60 flush]]","max_output_tokens":16 """);

        Assert.Equal("incomplete", (string?)response["status"]);
        Assert.Equal("max_output_tokens", (string?)response["incomplete_details"]!["reason"]);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task PreviousResponse_HasItsContextAndNotItsInstructions(string model)
    {
        using var socket = await ConnectAsync();
        var first = await ServeAsync(
            socket,
            model,
            """ "input":"The code word: willow. Remember it.","instructions":"Speak like a pirate." """
        );

        var second = await ServeAsync(socket, model, $"\"input\":\"What is the code word?\",\"previous_response_id\":\"{first["id"]}\"");

        Assert.Contains("willow", TextOf(second), StringComparison.Ordinal);
        Assert.Null(second["instructions"]);
    }

    [Theory]
    [InlineData(AnthropicPoolFixture.Compatible)]
    [InlineData(AnthropicPoolFixture.Claude)]
    public async Task Reasoning_IsAnItemBeforeTheMessage(string model)
    {
        using var socket = await ConnectAsync();

        var response = await ServeAsync(
            socket,
            model,
            """ "input":"Think first [[sim: reasoning=\"two and two\"]]","reasoning":{"effort":"low","summary":"auto"} """
        );

        Assert.Equal(["reasoning", "message"], response["output"]!.AsArray().Select(static item => (string?)item!["type"]));
    }

    [Fact]
    public async Task ReplyThatBreaksOff_IsAFailedResponseAndTheConnectionStands()
    {
        using var socket = await ConnectAsync();
        var ask = Message(
            AnthropicPoolFixture.Compatible,
            """ "input":"Tell a story [[sim: tokens=40 flush fault=error-frame-after:5]]" """
        );

        await SendAsync(socket, ask);
        var events = new List<JsonNode>();
        do
        {
            events.Add((await ReadAsync(socket))!);
        } while (TypeOf(events[^1]) != "response.failed");

        Assert.Equal("error", TypeOf(events[^2]));
        var next = await ServeAsync(socket, AnthropicPoolFixture.Compatible, """ "input":"Say exactly: still here" """);
        Assert.Equal("still here", TextOf(next));
    }

    private Task<ClientWebSocket> ConnectAsync() =>
        ResponsesSocketClient.ConnectAsync(fixture.Gateway.Http.BaseAddress!, Gateway.MasterKey);

    private static JsonObject Message(string model, string members) =>
        JsonNode.Parse($"{{\"type\":\"response.create\",\"model\":\"{model}\",{members}}}")!.AsObject();

    /// <summary>One response, whose events are checked like those of a stream over HTTP.</summary>
    private static async Task<JsonObject> ServeAsync(ClientWebSocket socket, string model, string members) =>
        WireForm.ResponseEvents(await AskAsync(socket, Message(model, members)));

    private static string TextOf(JsonObject response) =>
        string.Concat(
            response["output"]!
                .AsArray()
                .Where(static item => (string?)item!["type"] == "message")
                .SelectMany(static item => item!["content"]!.AsArray())
                .Select(static part => (string?)part!["text"])
        );
}
