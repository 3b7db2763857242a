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
    [InlineData("node-thread-create")]
    [InlineData("node-thread-continue")]
    public async Task Post_RequestForAThread_IsRefusedInTheFormAtWhichClientsSendTheHistory(string request)
    {
        var body = ClientRequest.Body($"messages-{request}");
        body["model"] = AnthropicPoolFixture.Claude;

        var (status, text) = await PostAsync(body);

        Assert.Equal(400, status);
        Assert.Equal("thread_unsupported_request", (string)JsonNode.Parse(text)!["error"]!["details"]!["error_code"]!);
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
