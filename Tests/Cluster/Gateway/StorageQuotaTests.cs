using System.Text.Json.Nodes;
using FlowGpt.Tests.Cluster.Keys;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>How much a client key may have stored: which requests are refused then, which are still served, and what makes room.</summary>
public sealed class StorageQuotaTests(OpenAiPoolFixture fixture) : IClassFixture<OpenAiPoolFixture>
{
    private const int Limit = 100_000;
    private const string Model = OpenAiPoolFixture.Model;

    private readonly KeyOperator _operator = new(fixture.Gateway.Http.BaseAddress!);
    private readonly string _long = new('x', 4000);

    [Fact]
    public async Task Responses_UntilTheKeyIsFull_AreRefusedWithTheFieldAndTheRemedyAndDeletingMakesRoom()
    {
        var (id, key) = await CreateKeyAsync();
        var made = new List<string>();
        (int Status, JsonNode Body) answer;
        while ((answer = await StoreAsync(key)).Status == 200)
        {
            made.Add((string)answer.Body["id"]!);
            Assert.InRange(made.Count, 1, 20);
        }

        var error = answer.Body["error"]!;
        Assert.Equal((403, "storage_quota_exceeded", "store"), (answer.Status, (string?)error["code"], (string?)error["param"]));
        Assert.Contains("DELETE /v1/responses/", (string)error["message"]!, StringComparison.Ordinal);
        Assert.Contains($"{Limit}", (string)error["message"]!, StringComparison.Ordinal);
        Assert.InRange(await StoredBytesAsync(id), Limit / 2, Limit);
        Assert.Equal(200, (await StoreAsync(key, store: false)).Status);
        Assert.Equal(200, (await _operator.ChatAsync(key, Model)).Status);
        Assert.Equal(403, (await StoreAsync(key)).Status);

        foreach (var response in made.Take(2))
        {
            Assert.Equal(200, (await _operator.SendAsync(HttpMethod.Delete, $"/v1/responses/{response}", key: key)).Status);
        }

        Assert.Equal(200, (await StoreAsync(key)).Status);
    }

    /// <summary>Room for the reply is reserved too, before the turn and while the reply grows; turns that are not stored need none.</summary>
    [Fact]
    public async Task Replies_OfManyTurnsInFlight_StayWithinTheLimit()
    {
        const int OneRead = 8_000;
        var (id, key) = await CreateKeyAsync();

        var unstored = LongReplyAsync(key, store: false);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => LongReplyAsync(key)));

        var begun = answers.Where(static answer => answer.Status == 200).ToArray();
        Assert.InRange(begun.Length, 1, 3);
        Assert.All(begun, static answer => Assert.Equal("incomplete", (string?)answer.Body["status"]));
        Assert.All(
            answers.Except(begun),
            static answer => Assert.Equal((403, "storage_quota_exceeded"), (answer.Status, (string?)answer.Body["error"]!["code"]))
        );
        Assert.InRange(await StoredBytesAsync(id), Limit / 2, Limit + (begun.Length * OneRead));
        Assert.Equal((200, "completed"), ((await unstored).Status, (string?)(await unstored).Body["status"]));
    }

    [Fact]
    public async Task Everything_Deleted_LeavesNothingCounted()
    {
        var (id, key) = await CreateKeyAsync();
        var response = (string)(await StoreAsync(key)).Body["id"]!;
        var conversation = (string)(await CreateConversationAsync(key)).Body["id"]!;
        var inConversation = await StoreAsync(key, conversation: conversation);
        var before = await StoredBytesAsync(id);
        var inStorage = (long)(await _operator.SendAsync(HttpMethod.Get, $"/admin/conversations?key_id={id}")).Body["bytes"]!;

        Assert.Equal(200, inConversation.Status);
        Assert.Equal(200, (await _operator.SendAsync(HttpMethod.Delete, $"/v1/responses/{response}", key: key)).Status);
        Assert.Equal(200, (await _operator.SendAsync(HttpMethod.Delete, $"/v1/conversations/{conversation}", key: key)).Status);

        Assert.InRange(before, 12_000, Limit);
        Assert.InRange(before, 0.6 * inStorage, 1.7 * inStorage);
        Assert.Equal(0, await StoredBytesAsync(id));
    }

    [Fact]
    public async Task Conversations_UntilTheKeyIsFull_AreRefusedAndItemsToo()
    {
        var (_, key) = await CreateKeyAsync();
        (int Status, JsonNode Body) answer;
        var last = "";
        while ((answer = await CreateConversationAsync(key)).Status == 200)
        {
            last = (string)answer.Body["id"]!;
        }

        (int Status, JsonNode Body) items;
        do
        {
            items = await _operator.SendAsync(
                HttpMethod.Post,
                $"/v1/conversations/{last}/items",
                new JsonObject { ["items"] = Items(_long) }.ToJsonString(),
                key
            );
        } while (items.Status == 200);

        Assert.Equal((403, "storage_quota_exceeded"), (answer.Status, (string?)answer.Body["error"]!["code"]));
        Assert.Equal((403, "items"), (items.Status, (string?)items.Body["error"]!["param"]));
    }

    [Fact]
    public async Task Limit_RaisedByAnOperator_IsShown()
    {
        var (id, _) = await CreateKeyAsync();

        var raised = await _operator.SendAsync(HttpMethod.Patch, $"/admin/keys/{id}", """{"maxStoredBytes":0}""");
        var cleared = await _operator.SendAsync(HttpMethod.Patch, $"/admin/keys/{id}", """{"maxStoredBytes":null}""");
        var wrong = await _operator.SendAsync(HttpMethod.Patch, $"/admin/keys/{id}", """{"maxStoredBytes":-1}""");

        Assert.Equal((200, 0L), (raised.Status, (long)raised.Body["maxStoredBytes"]!));
        Assert.Equal((200, null), (cleared.Status, (long?)cleared.Body["maxStoredBytes"]));
        Assert.Equal((400, "maxStoredBytes"), (wrong.Status, (string?)wrong.Body["error"]!["param"]));
    }

    private async Task<(string Id, string Key)> CreateKeyAsync()
    {
        var made = await _operator.CreateAsync($$"""{"name":"small","maxStoredBytes":{{Limit}}}""");
        return ((string)made["id"]!, (string)made["key"]!);
    }

    private Task<(int Status, JsonNode Body)> StoreAsync(string key, bool store = true, string? conversation = null)
    {
        var body = new JsonObject
        {
            ["model"] = Model,
            ["input"] = $"Say exactly: kept. {_long}",
            ["store"] = store,
        };
        if (conversation is not null)
        {
            body["conversation"] = conversation;
        }

        return _operator.SendAsync(HttpMethod.Post, "/v1/responses", body.ToJsonString(), key);
    }

    private Task<(int Status, JsonNode Body)> LongReplyAsync(string key, bool store = true) =>
        _operator.SendAsync(
            HttpMethod.Post,
            "/v1/responses",
            new JsonObject
            {
                ["model"] = Model,
                ["input"] = "go [[sim: tokens=20000 first=300ms]]",
                ["max_output_tokens"] = 20_000,
                ["store"] = store,
            }.ToJsonString(),
            key
        );

    private Task<(int Status, JsonNode Body)> CreateConversationAsync(string key) =>
        _operator.SendAsync(HttpMethod.Post, "/v1/conversations", new JsonObject { ["items"] = Items(_long) }.ToJsonString(), key);

    private async Task<long> StoredBytesAsync(string id) =>
        (long)(await _operator.SendAsync(HttpMethod.Get, $"/admin/keys/{id}")).Body["storedBytes"]!;

    private static JsonArray Items(string text) =>
        [
            new JsonObject
            {
                ["type"] = "message",
                ["role"] = "user",
                ["content"] = text,
            },
        ];
}
