using System.Text;
using System.Text.Json.Nodes;
using OpenAI.Responses;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>What becomes the context of a response: long contexts are cut where the client says so, and items can be named.</summary>
public sealed class ResponseContextTests(OpenAiPoolFixture fixture) : IClassFixture<OpenAiPoolFixture>
{
    private const string Model = OpenAiPoolFixture.Model;

    private Gateway Gateway => fixture.Gateway;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Truncation_Auto_LeavesOutTheOldestTurnsOfALongInput(bool isKept)
    {
        var body = new JsonObject
        {
            ["model"] = Gateway.Model,
            ["store"] = isKept,
            ["truncation"] = "auto",
            ["input"] = new JsonArray([
                new JsonObject { ["role"] = "user", ["content"] = "The oldest. " + string.Concat(Enumerable.Repeat("word ", 20_000)) },
                new JsonObject { ["role"] = "assistant", ["content"] = "Yes." },
                new JsonObject { ["role"] = "user", ["content"] = "Say exactly: fitted" },
            ]),
        };

        var fitted = await PostAsync("/v1/responses", body);
        body["truncation"] = "disabled";
        var refused = await PostAsync("/v1/responses", body);

        Assert.True(fitted.Status == 200, fitted.Body);
        Assert.Contains("fitted", fitted.Body, StringComparison.Ordinal);
        Assert.Equal(400, refused.Status);
        Assert.Contains("context_length_exceeded", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ItemReference_NamesAnItemOfTheConversation()
    {
        ResponseResult first = await Gateway.NewResponses().CreateResponseAsync(Model, "The code word: hazel-reference. Remember it.");
        var known = References(first.Id, first.OutputItems[0].Id);

        var answered = await PostAsync("/v1/responses", known);
        var unknown = await PostAsync("/v1/responses", References(first.Id, "msg_unknown"));
        known.Remove("previous_response_id");
        var alone = await PostAsync("/v1/responses", known);

        Assert.True(answered.Status == 200, answered.Body);
        Assert.Contains("hazel-reference", answered.Body, StringComparison.Ordinal);
        Assert.Equal((400, 400), (unknown.Status, alone.Status));

        static JsonObject References(string parent, string item) =>
            new()
            {
                ["model"] = Model,
                ["previous_response_id"] = parent,
                ["input"] = new JsonArray(
                    new JsonObject { ["type"] = "item_reference", ["id"] = item },
                    new JsonObject { ["role"] = "user", ["content"] = "What is the code word?" }
                ),
            };
    }

    private async Task<(int Status, string Body)> PostAsync(string path, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await Gateway.Http.PostAsync(path, content, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
