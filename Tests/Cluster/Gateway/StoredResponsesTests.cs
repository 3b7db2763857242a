using System.ClientModel;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using OpenAI.Responses;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Responses and conversations that are kept: shown again with the same bytes, continued, cancelled, deleted, and never visible to another client.</summary>
public sealed class StoredResponsesTests(OpenAiPoolFixture fixture) : IClassFixture<OpenAiPoolFixture>
{
    private const string Model = OpenAiPoolFixture.Model;
    private const string Slow = "[[sim: tokens=30 flush per=20ms]]";

    private Gateway Gateway => fixture.Gateway;

    [Fact]
    public async Task Get_AKeptResponse_IsTheSameUntilItIsDeleted()
    {
        var sdk = Gateway.NewResponses();
        ResponseResult made = await sdk.CreateResponseAsync(Model, "Say exactly: keep me");

        ResponseResult shown = await sdk.GetResponseAsync(made.Id);
        var raw = await GetAsync($"/v1/responses/{made.Id}");
        ResponseDeletionResult deleted = await sdk.DeleteResponseAsync(made.Id);
        var gone = await Assert.ThrowsAsync<ClientResultException>(() => sdk.GetResponseAsync(made.Id));
        var goneTwice = await Assert.ThrowsAsync<ClientResultException>(() => sdk.DeleteResponseAsync(made.Id));

        Assert.Equal(("keep me", ResponseStatus.Completed), (shown.GetOutputText(), shown.Status));
        Assert.Equal(made.OutputItems[0].Id, shown.OutputItems[0].Id);
        Assert.Equal("response", (string?)JsonNode.Parse(raw.Body)!["object"]);
        Assert.True(deleted.Deleted);
        Assert.Equal((404, 404), (gone.Status, goneTwice.Status));
    }

    [Fact]
    public async Task Create_NotStored_IsUnknownAfterwards()
    {
        var sdk = Gateway.NewResponses();
        var options = new CreateResponseOptions(Model, [ResponseItem.CreateUserMessageItem("Say exactly: forget me")])
        {
            StoredOutputEnabled = false,
        };
        ResponseResult made = await sdk.CreateResponseAsync(options);

        var unknown = await Assert.ThrowsAsync<ClientResultException>(() => sdk.GetResponseAsync(made.Id));

        Assert.Equal(404, unknown.Status);
    }

    [Fact]
    public async Task PreviousResponse_GoesOnFromItsContextAndForks()
    {
        var sdk = Gateway.NewResponses();
        ResponseResult first = await sdk.CreateResponseAsync(Model, "The code word: amber-fork. Remember it.");
        ResponseResult second = await sdk.CreateResponseAsync(Model, "The code word: birch-fork. Remember it.", first.Id);

        ResponseResult ofSecond = await sdk.CreateResponseAsync(Model, "What is the code word?", second.Id);
        ResponseResult ofFirst = await sdk.CreateResponseAsync(Model, "What is the code word?", first.Id);
        ResponseResult ofFork = await sdk.CreateResponseAsync(Model, "What is the code word? Again.", ofFirst.Id);

        Assert.Contains("birch-fork", ofSecond.GetOutputText(), StringComparison.Ordinal);
        Assert.Contains("amber-fork", ofFirst.GetOutputText(), StringComparison.Ordinal);
        Assert.Contains("amber-fork", ofFork.GetOutputText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("resp_unknown")]
    [InlineData("nonsense")]
    public async Task PreviousResponse_Unknown_IsRefusedBeforeAnythingIsMade(string id)
    {
        var answer = await PostAsync(
            "/v1/responses",
            new JsonObject
            {
                ["model"] = Model,
                ["input"] = "x",
                ["previous_response_id"] = id,
            }
        );

        Assert.Equal(400, answer.Status);
        Assert.Contains("previous_response_not_found", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ReadAgainFromAnyPlace_HasTheBytesOfTheFirstDelivery()
    {
        var first = await PostAsync("/v1/responses", Ask($"Tell a story {Slow}", stream: true));
        var id = IdOf(first.Body);
        var frames = first.Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(static frame => frame[0] != ':').ToArray();

        var again = await GetAsync($"/v1/responses/{id}?stream=true");
        var rest = await GetAsync($"/v1/responses/{id}?stream=true&starting_after=4");

        Assert.Equal(string.Join("\n\n", frames), again.Body.TrimEnd());
        Assert.Equal(string.Join("\n\n", frames[5..]), rest.Body.TrimEnd());
    }

    [Fact]
    public async Task Background_GoesOnAloneAndIsReadByMany()
    {
        var body = Ask($"Tell a background story {Slow}", stream: false);
        body["background"] = true;
        var accepted = await PostAsync("/v1/responses", body);
        var id = (string)JsonNode.Parse(accepted.Body)!["id"]!;

        var readers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => GetAsync($"/v1/responses/{id}?stream=true")));
        var after = await GetAsync($"/v1/responses/{id}?stream=true&starting_after=6");

        Assert.Equal("queued", (string?)JsonNode.Parse(accepted.Body)!["status"]);
        Assert.All(readers, reader => Assert.Equal(WithoutPings(readers[0].Body), WithoutPings(reader.Body)));
        Assert.Contains("event: response.queued\n", readers[0].Body, StringComparison.Ordinal);
        Assert.Contains("event: response.completed\n", readers[0].Body, StringComparison.Ordinal);
        Assert.EndsWith(after.Body, readers[0].Body, StringComparison.Ordinal);
        Assert.StartsWith("event: ", after.Body, StringComparison.Ordinal);
        Assert.Contains("\"sequence_number\":7", after.Body.Split("\n\n")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_ABackgroundResponse_EndsItAndIsIdempotent()
    {
        var body = Ask("Tell a long story [[sim: tokens=400 flush per=50ms]]", stream: false);
        body["background"] = true;
        var id = (string)JsonNode.Parse((await PostAsync("/v1/responses", body)).Body)!["id"]!;

        var cancelled = await PostAsync($"/v1/responses/{id}/cancel", []);
        var again = await PostAsync($"/v1/responses/{id}/cancel", []);

        Assert.Equal((200, "cancelled"), (cancelled.Status, (string?)JsonNode.Parse(cancelled.Body)!["status"]));
        Assert.Equal(cancelled.Body, again.Body);
    }

    [Fact]
    public async Task Cancel_AResponseThatSomebodyWaitedFor_Is400()
    {
        ResponseResult made = await Gateway.NewResponses().CreateResponseAsync(Model, "Say exactly: done");

        var refused = await PostAsync($"/v1/responses/{made.Id}/cancel", []);

        Assert.Equal(400, refused.Status);
        Assert.Contains("Cannot cancel a synchronous response.", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compact_TheItemOfAnotherClient_IsRefused()
    {
        var ask = new JsonObject { ["model"] = Model, ["input"] = "The code word: lilac-compact." };
        var made = JsonNode.Parse((await PostAsync("/v1/responses/compact", ask)).Body)!["output"]!.AsArray();
        ask["input"] = new JsonArray(
            made.Single(static item => (string?)item!["type"] == "compaction")!.DeepClone(),
            new JsonObject { ["role"] = "user", ["content"] = "hello" }
        );
        using var other = await NewClientAsync();

        var own = await PostAsync("/v1/responses", ask);
        var foreign = await SendAsync(other, HttpMethod.Post, "/v1/responses", ask.ToJsonString());

        Assert.Equal((200, 400), (own.Status, foreign.Status));
        Assert.Equal("input[0].encrypted_content", (string?)JsonNode.Parse(foreign.Body)!["error"]!["param"]);
    }

    [Fact]
    public async Task InputTokens_CountTheContextAndLeaveNothingBehind()
    {
        ResponseResult first = await Gateway.NewResponses().CreateResponseAsync(Model, "Say exactly: one two three four five");

        var alone = await CountAsync(new JsonObject { ["model"] = Model, ["input"] = "hello" });
        var after = await CountAsync(
            new JsonObject
            {
                ["model"] = Model,
                ["input"] = "hello",
                ["previous_response_id"] = first.Id,
            }
        );

        Assert.InRange(alone, 1, 20);
        Assert.True(after > alone + 10, $"{after} against {alone}");

        async Task<int> CountAsync(JsonObject body)
        {
            var answer = await PostAsync("/v1/responses/input_tokens", body);
            Assert.Equal(200, answer.Status);
            return (int)JsonNode.Parse(answer.Body)!["input_tokens"]!;
        }
    }

    [Fact]
    public async Task Compact_GivesAShortContextThatTheGatewayReadsAgain()
    {
        var body = new JsonObject
        {
            ["model"] = Model,
            ["input"] = new JsonArray(
                new JsonObject { ["role"] = "user", ["content"] = "Hello" },
                new JsonObject { ["role"] = "assistant", ["content"] = "The code word: linden-compact. " + new string('x', 50_000) }
            ),
        };
        var compacted = JsonNode.Parse((await PostAsync("/v1/responses/compact", body)).Body)!;
        var output = compacted["output"]!.AsArray();
        var input = new JsonArray([
            .. output.Select(static item => item!.DeepClone()),
            new JsonObject { ["role"] = "user", ["content"] = "What is the code word?" },
        ]);

        var answer = await PostAsync("/v1/responses", new JsonObject { ["model"] = Model, ["input"] = input });
        output[^1]!["encrypted_content"] = "AAAA";
        var forged = await PostAsync("/v1/responses", new JsonObject { ["model"] = Model, ["input"] = output.DeepClone() });

        Assert.Equal("response.compaction", (string?)compacted["object"]);
        Assert.Equal(["message", "compaction"], output.Select(static item => (string?)item!["type"]));
        Assert.True(compacted.ToJsonString().Length < 6000);
        Assert.Contains("linden-compact", answer.Body, StringComparison.Ordinal);
        Assert.Equal(400, forged.Status);
        Assert.Contains("input[1].encrypted_content", forged.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InputItems_ArePagedNewestFirst_TwentyWhereNoLimitIsGiven()
    {
        var body = new JsonObject
        {
            ["model"] = Model,
            ["input"] = new JsonArray([
                .. Enumerable.Range(0, 21).Select(static i => new JsonObject { ["role"] = "user", ["content"] = $"item {i}" }),
            ]),
        };
        var path = $"/v1/responses/{JsonNode.Parse((await PostAsync("/v1/responses", body)).Body)!["id"]}/input_items";

        var page = JsonNode.Parse((await GetAsync(path)).Body)!;
        var last = JsonNode.Parse((await GetAsync($"{path}?limit=3&after={page["last_id"]}")).Body)!;
        var two = JsonNode.Parse((await GetAsync($"{path}?limit=2")).Body)!;

        Assert.Equal(Enumerable.Range(1, 20).Reverse().Select(static i => $"item {i}"), TextsOf(page));
        Assert.Equal(["item 0"], TextsOf(last));
        Assert.Equal(["item 20", "item 19"], TextsOf(two));
        Assert.Equal((true, false, true), ((bool)page["has_more"]!, (bool)last["has_more"]!, (bool)two["has_more"]!));
    }

    [Fact]
    public async Task Conversation_KeepsEveryTurnInOrderUntilItIsDeleted()
    {
        var created = JsonNode.Parse(
            (
                await PostAsync(
                    "/v1/conversations",
                    new JsonObject
                    {
                        ["metadata"] = new JsonObject { ["topic"] = "x" },
                        ["items"] = new JsonArray(
                            new JsonObject { ["role"] = "user", ["content"] = "The code word: cedar-conv. Remember it." }
                        ),
                    }
                )
            ).Body
        )!;
        var id = (string)created["id"]!;
        var ask = Ask("What is the code word?", stream: false);
        ask["conversation"] = id;

        var answer = JsonNode.Parse((await PostAsync("/v1/responses", ask)).Body)!;
        var items = JsonNode.Parse((await GetAsync($"/v1/conversations/{id}/items?order=asc")).Body)!;
        var last = (string)items["last_id"]!;
        var item = JsonNode.Parse((await GetAsync($"/v1/conversations/{id}/items/{last}")).Body)!;
        var without = await DeleteAsync($"/v1/conversations/{id}/items/{last}");
        var left = JsonNode.Parse((await GetAsync($"/v1/conversations/{id}/items?order=asc")).Body)!;
        var deleted = await DeleteAsync($"/v1/conversations/{id}");
        var gone = await GetAsync($"/v1/conversations/{id}");
        var response = await GetAsync($"/v1/responses/{answer["id"]}");

        Assert.StartsWith("conv_", id, StringComparison.Ordinal);
        Assert.Equal("x", (string?)created["metadata"]!["topic"]);
        Assert.Equal(id, (string?)answer["conversation"]!["id"]);
        Assert.Contains("cedar-conv", answer["output"]![0]!["content"]![0]!["text"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(["user", "user", "assistant"], items["data"]!.AsArray().Select(static one => (string?)one!["role"]));
        Assert.Equal((string?)answer["output"]![0]!["id"], last);
        Assert.Equal("assistant", (string?)item["role"]);
        Assert.Equal("conversation", (string?)JsonNode.Parse(without.Body)!["object"]);
        Assert.Equal(2, left["data"]!.AsArray().Count);
        Assert.Equal("conversation.deleted", (string?)JsonNode.Parse(deleted.Body)!["object"]);
        Assert.Equal((404, 404), (gone.Status, response.Status));
    }

    [Fact]
    public async Task AnotherClientsIds_AreUnknownIds()
    {
        ResponseResult made = await Gateway.NewResponses().CreateResponseAsync(Model, "Say exactly: mine");
        var conversation = (string)JsonNode.Parse((await PostAsync("/v1/conversations", [])).Body)!["id"]!;
        using var other = await NewClientAsync();

        await AssertAlikeAsync(other, made.Id, conversation);
        Assert.Equal(200, (await GetAsync($"/v1/responses/{made.Id}")).Status);
        Assert.Equal(200, (await GetAsync($"/v1/conversations/{conversation}")).Status);
    }

    private async Task AssertAlikeAsync(HttpClient other, string response, string conversation)
    {
        (HttpMethod Method, string Path, string? Body)[] requests =
        [
            (HttpMethod.Get, "/v1/responses/RESP", null),
            (HttpMethod.Get, "/v1/responses/RESP?stream=true", null),
            (HttpMethod.Get, "/v1/responses/RESP/input_items", null),
            (HttpMethod.Post, "/v1/responses/RESP/cancel", "{}"),
            (HttpMethod.Delete, "/v1/responses/RESP", null),
            (HttpMethod.Get, "/v1/conversations/CONV", null),
            (HttpMethod.Get, "/v1/conversations/CONV/items", null),
            (HttpMethod.Post, "/v1/conversations/CONV", "{}"),
            (HttpMethod.Delete, "/v1/conversations/CONV", null),
            (HttpMethod.Post, "/v1/responses", """{"model":"smart","input":"x","previous_response_id":"RESP"}"""),
            (HttpMethod.Post, "/v1/responses", """{"model":"smart","input":"x","conversation":"CONV"}"""),
        ];
        foreach (var (method, path, body) in requests)
        {
            var foreign = await SendAsync(other, method, Fill(path, response, conversation), Fill(body, response, conversation));
            var (unknownResponse, unknownConversation) = (
                "resp_" + new string('0', response.Length - 5),
                "conv_" + new string('0', conversation.Length - 5)
            );
            var unknown = await SendAsync(
                other,
                method,
                Fill(path, unknownResponse, unknownConversation),
                Fill(body, unknownResponse, unknownConversation)
            );

            Assert.Equal(unknown.Status, foreign.Status);
            Assert.InRange(foreign.Status, 400, 404);
            Assert.Equal(
                unknown
                    .Body.Replace(unknownResponse[..64], "ID", StringComparison.Ordinal)
                    .Replace(unknownConversation[..64], "ID", StringComparison.Ordinal),
                foreign
                    .Body.Replace(response[..64], "ID", StringComparison.Ordinal)
                    .Replace(conversation[..64], "ID", StringComparison.Ordinal)
            );
        }
    }

    private static string Fill(string? text, string response, string conversation) =>
        (text ?? "").Replace("RESP", response, StringComparison.Ordinal).Replace("CONV", conversation, StringComparison.Ordinal);

    private async Task<HttpClient> NewClientAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/keys")
        {
            Content = new StringContent("""{"name":"other"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Gateway.AdminKey);
        using var answer = await Gateway.Http.SendAsync(request);
        var key = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["key"]!;
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Gateway.Http.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static JsonObject Ask(string input, bool stream) =>
        new()
        {
            ["model"] = Model,
            ["input"] = input,
            ["stream"] = stream,
        };

    private static string IdOf(string stream)
    {
        var created = JsonNode.Parse(stream.Split('\n')[1]["data: ".Length..])!;
        return (string)created["response"]!["id"]!;
    }

    private static string WithoutPings(string stream) => stream.Replace(": ping\n", "", StringComparison.Ordinal);

    private static IEnumerable<string?> TextsOf(JsonNode page) =>
        page["data"]!.AsArray().Select(static item => (string?)item!["content"]![0]!["text"]);

    private Task<(int Status, string Body)> GetAsync(string path) => SendAsync(Gateway.Http, HttpMethod.Get, path, "");

    private Task<(int Status, string Body)> DeleteAsync(string path) => SendAsync(Gateway.Http, HttpMethod.Delete, path, "");

    private Task<(int Status, string Body)> PostAsync(string path, JsonObject body) =>
        SendAsync(Gateway.Http, HttpMethod.Post, path, body.ToJsonString());

    private static async Task<(int Status, string Body)> SendAsync(HttpClient client, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await Soon.Happens(client.SendAsync(request), "the gateway answers");
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
