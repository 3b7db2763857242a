using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Errors that are the caller's: each has its status and its four fields, and uses nothing of an account's limits.</summary>
[Collection(SharedGateway.Name)]
public sealed class ErrorTests : IAsyncLifetime
{
    private const string Invalid = "invalid_request_error";

    private readonly Gateway _gateway;
    private long _calls;

    public ErrorTests(GatewayFixture fixture) => _gateway = fixture.Gateway;

    public ValueTask InitializeAsync()
    {
        _calls = Calls();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        Assert.Equal(_calls, Calls());
        await _gateway.IdlePoolAsync();
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("sk-wrong-0123456789abcdef", "invalid_api_key")]
    [InlineData(Gateway.AdminKey, "invalid_api_key")]
    public async Task Key_MissingOrWrong_Is401(string? key, string? code)
    {
        using var request = new ChatBody("Hello").ToRequest();
        request.Headers.Authorization = key is null ? new AuthenticationHeaderValue("Basic", "eDp5") : new("Bearer", key);

        var answer = await AnswerAsync(request);

        answer.AssertError(401, Invalid, code, null);
        Assert.DoesNotContain(key ?? Gateway.MasterKey, answer.Body);
    }

    [Fact]
    public async Task Model_Unknown_Is404() =>
        (await _gateway.ChatAsync(new ChatBody("Hello") { Model = "gpt-99" })).AssertError(404, Invalid, "model_not_found", "model");

    [Fact]
    public async Task Model_UnknownInItsOwnRoute_Is404() =>
        (await AnswerAsync(new HttpRequestMessage(HttpMethod.Get, "/v1/models/gpt-99"))).AssertError(
            404,
            Invalid,
            "model_not_found",
            "model"
        );

    [Theory]
    [InlineData("temperature", "3", "decimal_above_max_value")]
    [InlineData("n", "2", "unsupported_parameter")]
    [InlineData("stop", "[\"a\",\"b\",\"c\",\"d\",\"e\"]", "array_above_max_length")]
    [InlineData("max_tokens", "0", "integer_below_min_value")]
    [InlineData("stream", "\"yes\"", "invalid_type")]
    public async Task Field_Bad_Is400NamingIt(string field, string value, string code)
    {
        var body = new ChatBody("Hello") { Fields = new JsonObject { [field] = JsonNode.Parse(value) } };

        (await _gateway.ChatAsync(body)).AssertError(400, Invalid, code, field);
    }

    [Fact]
    public async Task Messages_Missing_Is400() =>
        (await AnswerAsync(ChatBody.Raw("""{"model":"gpt-4-free"}"""))).AssertError(400, Invalid, "missing_required_parameter", "messages");

    [Fact]
    public async Task Message_RoleUnknown_Is400WithItsPath() =>
        (await _gateway.ChatAsync(new ChatBody("Hello") { Earlier = [("wizard", "Hi")] })).AssertError(
            400,
            Invalid,
            "invalid_value",
            "messages[0].role"
        );

    [Fact]
    public async Task Prompt_TooLong_Is400()
    {
        var text = string.Concat(Enumerable.Repeat("word ", 12_000));

        (await _gateway.ChatAsync(text)).AssertError(400, Invalid, "context_length_exceeded", "messages");
    }

    [Theory]
    [InlineData("{\"model\":")]
    [InlineData("not json")]
    [InlineData("")]
    public async Task Body_NotJson_Is400(string body) =>
        (await AnswerAsync(ChatBody.Raw(body))).AssertError(400, Invalid, "invalid_json", null);

    [Fact]
    public async Task Body_TooLarge_Is413()
    {
        var body = $$"""{"model":"gpt-4-free","messages":[{"role":"user","content":"{{new string('x', 5 * 1024 * 1024)}}"}]}""";

        (await AnswerAsync(ChatBody.Raw(body))).AssertError(413, Invalid, "request_too_large", null);
    }

    [Fact]
    public async Task Method_NotAllowed_Is405() =>
        (await AnswerAsync(new HttpRequestMessage(HttpMethod.Put, "/v1/chat/completions"))).AssertError(
            405,
            Invalid,
            "method_not_supported",
            null
        );

    [Fact]
    public async Task Route_Unknown_Is404() =>
        (await AnswerAsync(new HttpRequestMessage(HttpMethod.Get, "/v1/nothing/here"))).AssertError(404, Invalid, "unknown_url", null);

    [Theory]
    [InlineData("X-Conversation-Id", "no spaces allowed")]
    public async Task Header_Bad_Is400NamingIt(string name, string value)
    {
        using var request = new ChatBody("Hello").ToRequest();
        request.Headers.Add(name, value);

        (await AnswerAsync(request)).AssertError(400, Invalid, "invalid_value", name);
    }

    [Fact]
    public async Task CallersErrors_AnyNumber_UseNothingOfALimit()
    {
        await using var gateway = await Gateway.StartAsync([new GatewayAccount("a1", MaxConcurrent: 1, RequestsPerMinute: 2)]);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(404, (await gateway.ChatAsync(new ChatBody("Hello") { Model = "gpt-99" })).Status);
            Assert.Equal(400, (await gateway.ChatAsync(string.Concat(Enumerable.Repeat("word ", 12_000)))).Status);
            Assert.Equal(400, (await gateway.ChatAsync(new ChatBody("Hello") { Fields = new JsonObject { ["n"] = 3 } })).Status);
        }

        var pool = await gateway.Pool.GetSnapshot();
        Assert.All(pool.Accounts[0].Windows, window => Assert.Equal(0, window.Used));
        Assert.Equal(AccountState.Ready, pool.Accounts[0].State);
        Assert.Equal(0, gateway.Simulator.Truth.Snapshot().Global.ChatCalls);
        Assert.Equal(200, (await gateway.ChatAsync("one of two")).Status);
        Assert.Equal(200, (await gateway.ChatAsync("two of two")).Status);
        Assert.Contains((await gateway.Pool.GetSnapshot()).Accounts[0].Windows, static window => window.Used == 2);
    }

    private long Calls() => _gateway.Simulator.Truth.Snapshot().Global is var global ? global.ChatCalls + global.CreateCalls : 0;

    private async Task<ChatAnswer> AnswerAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await _gateway.SendAsync(request);
            Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
            Assert.True(response.Headers.Contains("x-request-id"));
            return await ChatAnswer.ReadAsync(response);
        }
    }
}
