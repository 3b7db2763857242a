using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace FlowGpt.Tests.Unit.Simulator.Control;

public sealed class ControlEndpointTests
{
    [Fact]
    public async Task Tokens_MintedOverHttp_WorkForChat()
    {
        await using var client = await SimulatorClient.StartAsync();

        var minted = await PostAsync(client, "/_sim/tokens", """{"account":"a1","lifetime":"1h"}""");
        using var response = await client.PostAsync("/v3/chat", Text(minted, "token"), SimulatorClient.Question("hi"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(client.Host.Truth.Account("a1").Id, Text(minted, "id"));
        Assert.Equal(21, Text(minted, "deviceId").Length);
    }

    [Fact]
    public async Task Tokens_Expired_AreRefused()
    {
        await using var client = await SimulatorClient.StartAsync();

        var minted = await PostAsync(client, "/_sim/tokens", """{"account":"a1","expired":true}""");
        using var response = await client.PostAsync("/v3/chat", Text(minted, "token"), SimulatorClient.Question("hi"));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Behaviour_SetOverHttp_HoldsAndIsReadBack()
    {
        await using var client = await SimulatorClient.StartAsync();

        await PostAsync(client, "/_sim/behaviour", """{"replyTokens":2,"tokenDelay":"0ms","fault":{"kind":"rate-limited","times":1}}""");
        await PostAsync(client, "/_sim/behaviour?account=a1", """{"prefix":"bare"}""");
        using var refused = await client.AskAsync("a2", "hi");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("**Response:** Echo:", await client.TextAsync("a1", "hi"));
        Assert.Equal("bare", Text(await GetAsync(client, "/_sim/behaviour?account=a1"), "prefix"));
        Assert.Equal("rate-limited", Text((await GetAsync(client, "/_sim/behaviour")).GetProperty("fault"), "kind"));
    }

    [Fact]
    public async Task Accounts_PutOverHttp_AreInForce()
    {
        await using var client = await SimulatorClient.StartAsync();

        using var response = await client.Http.PutAsync(
            "/_sim/accounts/a1",
            Json("""{"limits":{"requestsPerMinute":5,"maxConcurrent":2,"windows":"fixed"},"tokenLifetime":"1d","disabled":true}"""),
            SimulatorClient.Deadline
        );
        using var refused = await client.AskAsync("a1", "hi");

        var account = await response.Content.ReadFromJsonAsync<JsonElement>(SimulatorClient.Deadline);
        Assert.Equal("fixed", Text(account.GetProperty("limits"), "windows"));
        Assert.Equal(5, account.GetProperty("limits").GetProperty("requestsPerMinute").GetInt32());
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Truth_AsJson_NamesThingsInKebabCase()
    {
        await using var client = await SimulatorClient.StartAsync();
        using var refused = await client.AskAsync("a1", "hi [[sim: fault=forbidden]]");
        await client.TextAsync("a1", "hi");

        var account = (await GetAsync(client, "/_sim/truth")).GetProperty("accounts")[0];

        Assert.Equal(1, account.GetProperty("accepted").GetInt32());
        Assert.Equal(1, account.GetProperty("rejected").GetProperty("fault").GetInt32());
        Assert.Equal(2, account.GetProperty("signatureFaults").GetProperty("missing").GetInt32());
        Assert.Equal(2, account.GetProperty("remarks").GetProperty("no-origin").GetInt32());
    }

    [Fact]
    public async Task Exchanges_Filtered_ShowTheTextThatWasSent()
    {
        await using var client = await SimulatorClient.StartAsync();
        var id = await client.CreateAsync("a1");
        using var first = await client.SendAsync("a1", SimulatorClient.Question("first", id));
        await first.Content.ReadAsByteArrayAsync(SimulatorClient.Deadline);
        await client.TextAsync("a2", "second");
        await client.TextAsync("a2", "third");

        Assert.Equal(["Echo: third"], await TextsAsync(client, "take=1"));
        Assert.Equal(["Echo: first"], await TextsAsync(client, "conversation=" + id));
        Assert.Equal(["Echo: second", "Echo: third"], await TextsAsync(client, "account=a2"));
        Assert.Equal(["Echo: second"], await TextsAsync(client, "contains=sec"));
        var messages = (await GetAsync(client, "/_sim/conversations/" + id)).EnumerateArray().ToArray();
        Assert.Equal(["user: first", "assistant: Echo: first"], messages.Select(m => $"{Text(m, "role")}: {Text(m, "content")}"));
    }

    [Fact]
    public async Task Reset_OverHttp_ZeroesTheTruth()
    {
        await using var client = await SimulatorClient.StartAsync();
        var id = await client.CreateAsync("a1");
        await client.TextAsync("a1", "hi");

        using var reset = await client.Http.PostAsync("/_sim/reset?conversations=true", null, SimulatorClient.Deadline);

        Assert.Equal(HttpStatusCode.NoContent, reset.StatusCode);
        Assert.Equal(0, client.Host.Truth.Snapshot().Accepted);
        Assert.Null(client.Host.Truth.Conversation(id));
    }

    [Theory]
    [InlineData("POST", "/_sim/behaviour", """{"fault":{"kind":"boom"}}""", "fault.kind", "must be one of none, bad-request")]
    [InlineData("POST", "/_sim/behaviour", """{"fualt":{}}""", "fualt", "is unknown")]
    [InlineData("POST", "/_sim/behaviour", """{"replyTokens":"many"}""", "replyTokens", "has the wrong type")]
    [InlineData("POST", "/_sim/behaviour", """{"tokenDelay":"20"}""", "tokenDelay", "must be a number with a unit")]
    [InlineData("POST", "/_sim/behaviour", """{"replyTokens":0}""", "replyTokens", "must be from 1")]
    [InlineData("POST", "/_sim/behaviour", """{"fault":{"after":-1}}""", "fault.after", "must be from 0")]
    [InlineData("POST", "/_sim/behaviour", "[]", "body", "must be one JSON object")]
    [InlineData("POST", "/_sim/behaviour", "", "body", "must be one JSON object")]
    [InlineData("POST", "/_sim/behaviour", "null", "body", "must be a JSON object")]
    [InlineData("PUT", "/_sim/accounts/a1", """{"limits":{"maxConcurrent":0}}""", "limits.maxConcurrent", "must be 1 or more")]
    [InlineData("PUT", "/_sim/accounts/a1", """{"limits":{"windows":"tumbling"}}""", "limits.windows", "must be one of sliding, fixed")]
    [InlineData("POST", "/_sim/tokens", "{}", "account", "must be a non-empty string")]
    [InlineData("POST", "/_sim/tokens", """{"account":"a","expired":true,"lifetime":"1s"}""", "lifetime", "must be absent")]
    [InlineData("GET", "/_sim/exchanges?take=x", null, "take", "must be a whole number")]
    public async Task Control_BadInput_Is400AndNamesTheField(string method, string path, string? body, string field, string problem)
    {
        await using var client = await SimulatorClient.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : Json(body) };

        using var response = await client.Http.SendAsync(request, SimulatorClient.Deadline);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(SimulatorClient.Deadline);
        var error = Assert.Single(answer.GetProperty("errors").EnumerateArray());
        Assert.Equal(field, Text(error, "field"));
        Assert.StartsWith(problem, Text(error, "problem"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/_sim/behaviour?account=nobody")]
    [InlineData("/_sim/conversations/nobody")]
    public async Task Control_WhatIsNotThere_Is404(string path)
    {
        await using var client = await SimulatorClient.StartAsync();

        using var response = await client.Http.GetAsync(path, SimulatorClient.Deadline);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static async Task<JsonElement> PostAsync(SimulatorClient client, string path, string body)
    {
        using var response = await client.Http.PostAsync(path, Json(body), SimulatorClient.Deadline);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(SimulatorClient.Deadline);
    }

    private static Task<JsonElement> GetAsync(SimulatorClient client, string path) =>
        client.Http.GetFromJsonAsync<JsonElement>(path, SimulatorClient.Deadline);

    private static async Task<string[]> TextsAsync(SimulatorClient client, string query) =>
        [.. (await GetAsync(client, "/_sim/exchanges?" + query)).EnumerateArray().Select(exchange => Text(exchange, "text"))];
}
