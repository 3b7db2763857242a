using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Requests in the form of real clients are answered with the right status and form, on servers of both makers and on a model that knows nothing but text.</summary>
public sealed class RecordedMessagesTests(AnthropicPoolFixture fixture) : IClassFixture<AnthropicPoolFixture>
{
    private static readonly string[] Requests =
    [
        "node-tools-with-cache-marks",
        "node-tool-result",
        "node-stream-single-call",
        "node-stream-thinking",
        "node-stream-thinking-and-result",
        "node-output-config",
        "dotnet-tools",
        "dotnet-stream-tool-result",
        "aisdk-stream-eager-tool",
        "aisdk-named-tool",
        "aisdk-json-tool",
        "aisdk-thinking",
        "aisdk-thinking-and-result",
    ];

    public static TheoryData<string> Models => [AnthropicPoolFixture.Claude, AnthropicPoolFixture.Compatible, Gateway.Model];

    public static TheoryData<string, string> RequestsAndModels
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var request in Requests)
            {
                data.Add(request, AnthropicPoolFixture.Claude);
                data.Add(request, AnthropicPoolFixture.Compatible);
                data.Add(request, Gateway.Model);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(RequestsAndModels))]
    public async Task Post_RequestOfAClient_IsAnsweredInItsForm(string request, string model)
    {
        var body = ClientRequest.Body($"messages-{request}");
        body["model"] = model;

        var (status, text) = await PostAsync(body);

        Assert.True(status == 200, text);
        var message = (bool?)body["stream"] == true ? LastOf(text) : JsonNode.Parse(text)!;
        var answersAResult = body["messages"]!.AsArray().Count > 1;
        var wantsCall = !answersAResult && body.ContainsKey("tools");
        Assert.Equal(wantsCall ? "tool_use" : "end_turn", (string)(message["delta"] ?? message)["stop_reason"]!);
        Assert.True((int)message["usage"]!["output_tokens"]! > 0);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Post_Thread_KeepsHistoryAndTools(string model)
    {
        var create = ClientRequest.Body("messages-node-thread-create");
        create["model"] = model;
        create["messages"]![0]!["content"] = "Use get_weather for Oslo.";

        var (status, text) = await PostAsync(create);
        Assert.True(status == 200, text);
        var first = JsonNode.Parse(text)!;
        var call = first["content"]!.AsArray().Single(static block => (string?)block!["type"] == "tool_use")!;
        var next = ClientRequest.Body("messages-node-thread-continue");
        next["model"] = model;
        next["thread"]!["previous_message_id"] = (string)first["id"]!;
        next["messages"]![0]!["content"]![0]!["tool_use_id"] = (string)call["id"]!;
        var (nextStatus, nextText) = await PostAsync(next);
        Assert.True(nextStatus == 200, nextText);
        var second = JsonNode.Parse(nextText)!;

        var last = ClientRequest.Body("messages-node-thread-continue");
        last["model"] = model;
        last["thread"]!["previous_message_id"] = (string)second["id"]!;
        last["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Use get_weather again." });
        var (_, lastText) = await PostAsync(last);

        Assert.Equal("tool_use", (string?)first["stop_reason"]);
        Assert.Equal("end_turn", (string?)second["stop_reason"]);
        Assert.Contains("get_weather returned", nextText, StringComparison.Ordinal);
        Assert.Equal("tool_use", (string?)JsonNode.Parse(lastText)!["stop_reason"]);
    }

    /// <summary>The end of a stream, which is the event before the last.</summary>
    private static JsonNode LastOf(string stream)
    {
        var events = stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("event: message_start\n", events[0], StringComparison.Ordinal);
        Assert.StartsWith("event: message_stop\n", events[^1], StringComparison.Ordinal);
        return JsonNode.Parse(events[^2][(events[^2].IndexOf("data: ", StringComparison.Ordinal) + 6)..])!;
    }

    private async Task<(int Status, string Text)> PostAsync(JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await fixture.Gateway.Http.PostAsync("/v1/messages", content, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
