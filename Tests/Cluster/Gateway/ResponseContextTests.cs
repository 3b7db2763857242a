using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.Simulator.Behaviour;
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
    public async Task ItemReference_NamesAnItemOfTheConversation_OrOfAKeptResponseOfTheKey()
    {
        ResponseResult first = await Gateway.NewResponses().CreateResponseAsync(Model, "Say exactly: The code word: hazel-reference");
        var known = References(first.Id, first.OutputItems[0].Id);

        var answered = await PostAsync("/v1/responses", known);
        var unknown = await PostAsync("/v1/responses", References(first.Id, "msg_unknown"));
        known.Remove("previous_response_id");
        var alone = await PostAsync("/v1/responses", known);
        var counted = await PostAsync("/v1/responses/input_tokens", known);
        known["store"] = false;
        var notKept = await PostAsync("/v1/responses", known);
        var invented = first.OutputItems[0].Id[..^8] + "00000000";
        known["input"]![0]!["id"] = invented;
        var notMade = await PostAsync("/v1/responses", known);

        foreach (var (status, body) in (ReadOnlySpan<(int, string)>)[answered, alone, counted, notKept])
        {
            Assert.True(status == 200, body);
        }

        Assert.Contains("hazel-reference", answered.Body, StringComparison.Ordinal);
        var items = await Gateway.Http.GetStringAsync(
            $"/v1/responses/{JsonNode.Parse(alone.Body)!["id"]}/input_items",
            TestContext.Current.CancellationToken
        );
        Assert.Contains("hazel-reference", items, StringComparison.Ordinal);
        Assert.Equal((404, 404), (unknown.Status, notMade.Status));
        foreach (var (body, id) in ((string, string)[])[(unknown.Body, "msg_unknown"), (notMade.Body, invented)])
        {
            var error = JsonNode.Parse(body)!["error"]!;
            Assert.Equal(("invalid_request_error", "input"), ((string?)error["type"], (string?)error["param"]));
            Assert.StartsWith(
                $"Item with id '{id[..Math.Min(64, id.Length)]}' not found.",
                (string?)error["message"],
                StringComparison.Ordinal
            );
        }

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

    [Fact]
    public async Task ItemReference_ToMoreResponsesThanAreRead_Is400()
    {
        var input = new JsonArray([
            .. Enumerable.Range(0, 257).Select(static i => new JsonObject { ["type"] = "item_reference", ["id"] = $"msg_{i:x8}0000" }),
        ]);

        var (status, body) = await PostAsync("/v1/responses", new JsonObject { ["model"] = Model, ["input"] = input });

        var error = JsonNode.Parse(body)!["error"]!;
        Assert.Equal((400, "array_above_max_length", "input"), (status, (string?)error["code"], (string?)error["param"]));
        Assert.Contains("257", (string?)error["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("previous_response_id", true, "")]
    [InlineData("previous_response_id", false, "")]
    [InlineData("previous_response_id", true, "[]")]
    [InlineData("conversation", true, "")]
    [InlineData("conversation", false, "null")]
    public async Task Create_WithoutInput_AnswersWhatIsStored(string field, bool isKept, string input)
    {
        var asked = new JsonObject { ["model"] = Model, ["input"] = "Say exactly: noted" };
        var conversation = new JsonObject
        {
            ["items"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Say exactly: from the stored context" }),
        };
        var stored = field == "conversation" ? await PostAsync("/v1/conversations", conversation) : await PostAsync("/v1/responses", asked);
        var body = new JsonObject
        {
            ["model"] = Model,
            ["store"] = isKept,
            [field] = (string?)JsonNode.Parse(stored.Body)!["id"],
        };
        if (input.Length > 0)
        {
            body["input"] = JsonNode.Parse(input);
        }

        var answered = await PostAsync("/v1/responses", body);
        var counted = await PostAsync("/v1/responses/input_tokens", body);

        Assert.True(answered.Status == 200, answered.Body);
        Assert.Equal("completed", (string?)JsonNode.Parse(answered.Body)!["status"]);
        Assert.True(counted.Status == 200, counted.Body);
        if (field == "conversation")
        {
            Assert.Contains("from the stored context", answered.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("conversation")]
    public async Task Create_WithoutInputAndWithoutContext_Is400ThatNamesTheInput(string? conversation)
    {
        var body = new JsonObject { ["model"] = Model };
        if (conversation is not null)
        {
            body["conversation"] =
                conversation == "{}"
                    ? new JsonObject()
                    : JsonNode.Parse((await PostAsync("/v1/conversations", [])).Body)!["id"]!.DeepClone();
        }

        var (status, text) = await PostAsync("/v1/responses", body);

        Assert.Equal((400, "input"), (status, (string?)JsonNode.Parse(text)!["error"]!["param"]));
    }

    [Fact]
    public async Task ReplyThatWasCut_IsIncompleteInTheResponseAndInWhatIsStored()
    {
        var created = JsonNode.Parse((await PostAsync("/v1/conversations", [])).Body)!;
        var body = new JsonObject
        {
            ["model"] = Model,
            ["input"] = "Say exactly: one two three four five six",
            ["max_output_tokens"] = 2,
            ["conversation"] = created["id"]!.DeepClone(),
        };

        var cut = JsonNode.Parse((await PostAsync("/v1/responses", body)).Body)!;
        var items = await GetAsync($"/v1/conversations/{created["id"]}/items");
        var message = cut["output"]!.AsArray()[^1]!;
        var again = new JsonObject
        {
            ["model"] = Model,
            ["input"] = new JsonArray(message.DeepClone(), new JsonObject { ["role"] = "user", ["content"] = "Go on" }),
        };
        var next = JsonNode.Parse((await PostAsync("/v1/responses", again)).Body)!;
        var input = await GetAsync($"/v1/responses/{next["id"]}/input_items?order=asc");

        Assert.Equal(["incomplete", "completed"], items["data"]!.AsArray().Select(static item => (string?)item!["status"]));
        Assert.Equal("incomplete", (string?)message["status"]);
        Assert.Equal(["incomplete", "completed"], input["data"]!.AsArray().Select(static item => (string?)item!["status"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ToolOutput_OfACallThatWhatIsStoredDoesNotHave_Is400(bool isKept)
    {
        const string Weather =
            """[{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}]""";
        var first = await PostAsync(
            "/v1/responses",
            new JsonObject
            {
                ["model"] = Model,
                ["input"] = "Use get_weather for Oslo",
                ["tools"] = JsonNode.Parse(Weather),
            }
        );
        var made = JsonNode.Parse(first.Body)!;

        var unknown = await PostAsync("/v1/responses", Output("call_unknown"));
        var known = await PostAsync("/v1/responses", Output((string)made["output"]![0]!["call_id"]!));

        Assert.True(unknown.Status == 400, unknown.Body);
        Assert.Contains("call_unknown", unknown.Body, StringComparison.Ordinal);
        Assert.Equal("input", (string?)JsonNode.Parse(unknown.Body)!["error"]!["param"]);
        Assert.True(known.Status == 200, known.Body);

        JsonObject Output(string call) =>
            new()
            {
                ["model"] = Model,
                ["store"] = isKept,
                ["previous_response_id"] = (string?)made["id"],
                ["input"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "function_call_output",
                        ["call_id"] = call,
                        ["output"] = "rain",
                    }
                ),
                ["tools"] = JsonNode.Parse(Weather),
            };
    }

    [Fact]
    public async Task Compact_ALongContext_IsSummedUpByTheModel_OrCutWhereTheModelFails()
    {
        var body = new JsonObject
        {
            ["model"] = Model,
            ["input"] = new JsonArray([
                .. Enumerable
                    .Range(0, 30)
                    .Select(static i => new JsonObject { ["role"] = "assistant", ["content"] = $"Step {i}. {new string('y', 1_000)}" }),
                new JsonObject { ["role"] = "user", ["content"] = "Go on" },
            ]),
        };
        var before = await Gateway.BookedAsync();

        var summed = JsonNode.Parse((await PostAsync("/v1/responses/compact", body)).Body)!;
        var used = (int)summed["usage"]!["output_tokens"]!;
        await Soon.Becomes(
            Gateway.BookedAsync,
            booked => booked.Requests > before.Requests && booked.CompletionTokens >= before.CompletionTokens + used,
            "the summary is booked"
        );
        body["model"] = Gateway.Model;
        Gateway.Simulator.Truth.SetBehaviour(new() { Fault = new() { Kind = FaultKind.ServerError } });
        var cut = JsonNode.Parse((await PostAsync("/v1/responses/compact", body)).Body)!;
        Gateway.Simulator.Truth.SetBehaviour(new());

        Assert.True(used > 0);
        Assert.Equal(0, (int)cut["usage"]!["output_tokens"]!);
        Assert.All([summed, cut], static one => Assert.Equal("compaction", (string?)one["output"]!.AsArray()[^1]!["type"]));
    }

    private async Task<JsonNode> GetAsync(string path) =>
        JsonNode.Parse(await Gateway.Http.GetStringAsync(path, TestContext.Current.CancellationToken))!;

    private async Task<(int Status, string Body)> PostAsync(string path, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await Gateway.Http.PostAsync(path, content, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
