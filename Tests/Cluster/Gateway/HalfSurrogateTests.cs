using System.Text;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>A call that a client cut inside a character must not make its conversation unusable.</summary>
public sealed class HalfSurrogateTests(OpenAiPoolFixture fixture) : IClassFixture<OpenAiPoolFixture>
{
    [Fact]
    public async Task Create_InAConversationWithHalfASurrogatePairInArguments_IsAnswered()
    {
        var id = (string)(await PostAsync("/v1/conversations", [])).Json["id"]!;
        var call = new JsonObject
        {
            ["type"] = "function_call",
            ["call_id"] = "call_1",
            ["name"] = "look",
            ["arguments"] = """{"\udc00":"a\ud83d"}""",
        };
        var result = new JsonObject
        {
            ["type"] = "function_call_output",
            ["call_id"] = "call_1",
            ["output"] = "seen",
        };

        var added = await PostAsync($"/v1/conversations/{id}/items", new JsonObject { ["items"] = new JsonArray(call, result) });
        var ask = new JsonObject
        {
            ["model"] = OpenAiPoolFixture.Model,
            ["input"] = "Say exactly: done",
            ["conversation"] = id,
        };
        var first = await PostAsync("/v1/responses", ask);
        var second = await PostAsync("/v1/responses", ask);

        Assert.Equal((200, 200, 200), (added.Status, first.Status, second.Status));
        Assert.Equal("""{"\ufffd":"a\ufffd"}""", (string?)added.Json["data"]![0]!["arguments"]);
    }

    private async Task<(int Status, JsonNode Json)> PostAsync(string path, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await fixture.Gateway.Http.PostAsync(path, content, TestDeadline.Token);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(TestDeadline.Token))!);
    }
}
