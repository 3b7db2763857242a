using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Threads of the Anthropic dialect, as the tool runner of its SDK sends them, on servers of both makers and on a model of a text-only upstream.</summary>
public sealed class ThreadTests(AnthropicPoolFixture fixture) : IClassFixture<AnthropicPoolFixture>
{
    public static TheoryData<string> Models => [AnthropicPoolFixture.Claude, AnthropicPoolFixture.Compatible, Gateway.Model];

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

    private async Task<(int Status, string Text)> PostAsync(JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await fixture.Gateway.Http.PostAsync("/v1/messages", content, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
