using System.Text.Json.Nodes;
using FlowGpt.Tests.Cluster.Keys;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>A conversation with a name of the client's choice, deleted by the client: whose conversation is deleted, what is deleted with it, and what stays.</summary>
public sealed class NamedConversationTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private readonly KeyOperator _operator = new(fixture.Gateway.Http.BaseAddress!);

    [Fact]
    public async Task Delete_OwnName_ForgetsTheConversationAndGivesItsRoomBack()
    {
        var (id, key) = await CreateKeyAsync();
        await SayAsync(key, "talk", "The code word: cobalt. Remember it.");
        Assert.Equal("The code word is cobalt.", await SayAsync(key, "talk", "What is the code word?"));
        Assert.NotEqual(0, await StoredBytesAsync(id));

        var deleted = await DeleteAsync(key, "talk");
        var again = await DeleteAsync(key, "talk");

        Assert.Equal((200, "conversation.deleted"), (deleted.Status, (string?)deleted.Body["object"]));
        Assert.Equal(("talk", true), ((string?)deleted.Body["id"], (bool)deleted.Body["deleted"]!));
        Assert.Equal(404, again.Status);
        Assert.Equal(0, await StoredBytesAsync(id));
        Assert.DoesNotContain("cobalt", await SayAsync(key, "talk", "What is the code word?"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_NameThatAnotherClientUses_LeavesThatConversationAlone()
    {
        var (_, owner) = await CreateKeyAsync();
        var (_, other) = await CreateKeyAsync();
        await SayAsync(owner, "shared-name", "The code word: cobalt. Remember it.");

        var foreign = await DeleteAsync(other, "shared-name");
        var unknown = await DeleteAsync(other, "no-such-name");
        await SayAsync(other, "shared-name", "Hello.");
        var own = await DeleteAsync(other, "shared-name");

        Assert.Equal((404, 404, 200), (foreign.Status, unknown.Status, own.Status));
        Assert.Equal(
            unknown.Body.ToJsonString().Replace("no-such-name", "NAME", StringComparison.Ordinal),
            foreign.Body.ToJsonString().Replace("shared-name", "NAME", StringComparison.Ordinal)
        );
        Assert.Equal("The code word is cobalt.", await SayAsync(owner, "shared-name", "What is the code word?"));
    }

    [Fact]
    public async Task Delete_WithKeptCompletions_DeletesThemAndTheirPlacesInTheList()
    {
        var (_, key) = await CreateKeyAsync();
        var kept = await ChatAsync(key, "with-kept", "Say exactly: kept", store: true);
        var elsewhere = await ChatAsync(key, "elsewhere", "Say exactly: kept", store: true);
        var (id, stays) = ((string)kept["id"]!, (string)elsewhere["id"]!);
        Assert.Equal([id, stays], await ListedAsync(key));

        Assert.Equal(200, (await DeleteAsync(key, "with-kept")).Status);

        Assert.Equal([stays], await ListedAsync(key));
        Assert.Equal(404, (await _operator.SendAsync(HttpMethod.Get, $"/v1/chat/completions/{id}", key: key)).Status);
        Assert.Equal(200, (await _operator.SendAsync(HttpMethod.Get, $"/v1/chat/completions/{stays}", key: key)).Status);
    }

    [Theory]
    [InlineData("with%20space")]
    [InlineData("a%2Fc%2Fb")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task Delete_WhatIsNoName_IsUnknown(string name)
    {
        var (_, key) = await CreateKeyAsync();

        var answer = await DeleteAsync(key, name);

        Assert.Equal((404, "not_found"), (answer.Status, (string?)answer.Body["error"]!["code"]));
    }

    private async Task<(string Id, string Key)> CreateKeyAsync()
    {
        var made = await _operator.CreateAsync("""{"name":"named","maxStoredBytes":1000000}""");
        return ((string)made["id"]!, (string)made["key"]!);
    }

    private async Task<string> SayAsync(string key, string conversation, string text) =>
        (string)(await ChatAsync(key, conversation, text, store: false))["choices"]![0]!["message"]!["content"]!;

    private async Task<JsonNode> ChatAsync(string key, string conversation, string text, bool store)
    {
        var body = JsonNode.Parse(KeyOperator.Body(Gateway.Model, text))!.AsObject();
        body["metadata"] = new JsonObject { ["conversation_id"] = conversation };
        body["store"] = store;
        var answer = await _operator.SendAsync(HttpMethod.Post, "/v1/chat/completions", body.ToJsonString(), key);
        Assert.True(answer.Status == 200, answer.Body.ToJsonString());
        return answer.Body;
    }

    private Task<(int Status, JsonNode Body)> DeleteAsync(string key, string name) =>
        _operator.SendAsync(HttpMethod.Delete, $"/v1/conversations/{name}", key: key);

    private async Task<string[]> ListedAsync(string key)
    {
        var page = await _operator.SendAsync(HttpMethod.Get, "/v1/chat/completions", key: key);
        return [.. page.Body["data"]!.AsArray().Select(static one => (string)one!["id"]!)];
    }

    private async Task<long> StoredBytesAsync(string id) =>
        (long)(await _operator.SendAsync(HttpMethod.Get, $"/admin/keys/{id}")).Body["storedBytes"]!;
}
