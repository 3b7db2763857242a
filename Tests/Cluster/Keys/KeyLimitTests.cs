using System.Text.Json.Nodes;
using FlowGpt.Simulator.Truth;
using FlowGpt.Tests.Cluster.Gateway;

namespace FlowGpt.Tests.Cluster.Keys;

/// <summary>Limits and budgets of client keys by HTTP, against the whole product.</summary>
[Collection(SharedGateway.Name)]
public sealed class KeyLimitTests(GatewayFixture fixture)
{
    private readonly SimulatorTruth _upstream = fixture.Gateway.Simulator.Truth;
    private readonly KeyOperator _operator = new(fixture.Gateway.Http.BaseAddress!);

    [Fact]
    public async Task RequestsPerMinute_TenAtOnce_LetsInExactlyTheLimitAndSaysWhenToComeBack()
    {
        var (_, key) = await CreateAsync("""{"requestsPerMinute":3}""");

        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _operator.PostChatAsync(key, "Hello.")));

        Assert.Equal(3, responses.Count(response => (int)response.StatusCode == 200));
        var refused = responses.First(response => (int)response.StatusCode == 429);
        var error = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["error"]!;
        Assert.Equal(("rate_limit_exceeded", "requests"), ((string?)error["code"], (string?)error["type"]));
        Assert.Contains("Limit 3, Used 3, Requested 1", (string?)error["message"], StringComparison.Ordinal);
        Assert.InRange(int.Parse(refused.Headers.GetValues("retry-after").Single()), 50, 60);
        Assert.Equal("3", refused.Headers.GetValues("x-ratelimit-limit-requests").Single());
        Assert.Equal("0", refused.Headers.GetValues("x-ratelimit-remaining-requests").Single());
        var served = responses.Where(response => (int)response.StatusCode == 200);
        Assert.Equal(["0", "1", "2"], served.Select(one => one.Headers.GetValues("x-ratelimit-remaining-requests").Single()).Order());
    }

    [Fact]
    public async Task TokensPerDay_UsedOneByOne_EndsInInsufficientQuotaAtNoMoreThanTheBudget()
    {
        var (id, key) = await CreateAsync("""{"tokensPerDay":300}""");

        var used = 0L;
        (int Status, JsonNode Body) answer;
        while ((answer = await _operator.ChatAsync(key)).Status == 200)
        {
            used += (long)answer.Body["usage"]!["total_tokens"]!;
            Assert.Equal(used, (long)(await _operator.UseAsync(id))["tokensToday"]!);
        }

        Assert.Equal((429, "insufficient_quota"), (answer.Status, (string?)answer.Body["error"]!["code"]));
        Assert.InRange(used, 300 - 100, 300);
        using var again = await _operator.PostChatAsync(key, "Hello.");
        Assert.Equal("false", again.Headers.GetValues("x-should-retry").Single());
        Assert.InRange(int.Parse(again.Headers.GetValues("retry-after").Single()), 0, 60);
    }

    /// <summary>While another request only holds the tokens, nothing is final: the second waits, and is served when the first has ended.</summary>
    [Theory]
    [InlineData("tokensPerMinute")]
    [InlineData("tokensPerDay")]
    public async Task Tokens_HeldByARequestInFlight_AreWaitedFor(string limit)
    {
        var (id, key) = await CreateAsync($$"""{"{{limit}}":1500}""");
        using var leaving = new CancellationTokenSource();
        var running = _operator.PostChatAsync(key, $"held-{limit} [[sim: tokens=100000 per=20ms]]", leave: leaving.Token);
        await Soon.Happens(_upstream.WaitUntilAsync(truth => truth.OpenStreams == 1, TestContext.Current.CancellationToken), "it runs");

        var body = $$"""{"model":"{{Gateway.Gateway.Model}}","max_tokens":50,"messages":[{"role":"user","content":"Hello."}]}""";
        var second = _operator.SendAsync(HttpMethod.Post, "/v1/chat/completions", body, key);
        await Soon.Becomes(() => _operator.UseAsync(id), one => (int)one["waiting"]! == 1, "the second waits");
        await leaving.CancelAsync();

        Assert.Equal(200, (await Soon.Happens(second, "the second is served")).Status);
        await Record.ExceptionAsync(() => running);
    }

    [Fact]
    public async Task TokensPerMonth_ReplyLongerThanWhatIsLeft_IsCutThereAndSaysSo()
    {
        var (_, key) = await CreateAsync("""{"tokensPerMonth":120}""");

        var answer = await _operator.ChatAsync(key, text: "Tell me all. [[sim: tokens=4000]]");

        Assert.Equal((200, "length"), (answer.Status, (string?)answer.Body["choices"]![0]!["finish_reason"]));
        Assert.InRange((long)answer.Body["usage"]!["total_tokens"]!, 110, 120);
    }

    [Fact]
    public async Task TokensPerMinute_PromptLargerThanTheLimit_IsRefusedForGood()
    {
        var (id, key) = await CreateAsync("""{"tokensPerMinute":100}""");

        using var refused = await _operator.PostChatAsync(key, string.Join(' ', Enumerable.Repeat("word", 200)));

        var error = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["error"]!;
        Assert.Equal((429, "rate_limit_exceeded", "tokens"), ((int)refused.StatusCode, (string?)error["code"], (string?)error["type"]));
        Assert.Equal("false", refused.Headers.GetValues("x-should-retry").Single());
        Assert.Equal(0, (long)(await _operator.UseAsync(id))["tokensInMinute"]!);
    }

    [Fact]
    public async Task RequestsPerMinute_RequestsThatAreRefused_CountToo()
    {
        var (id, key) = await CreateAsync("""{"requestsPerMinute":2}""");
        var tooLong = string.Concat(Enumerable.Repeat("word ", 12_000));

        var answers = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            answers.Add((await _operator.ChatAsync(key, text: tooLong)).Status);
        }

        Assert.Equal([400, 400, 429], answers);
        Assert.Equal(2, (long)(await _operator.UseAsync(id))["requestsInMinute"]!);
    }

    [Theory]
    [InlineData("/v1/messages/count_tokens", "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]")]
    [InlineData("/v1/responses/input_tokens", "\"input\":\"hi\"")]
    public async Task RequestsPerMinute_CountsOfTokens_CountToo(string path, string input)
    {
        var (id, key) = await CreateAsync("""{"requestsPerMinute":2,"tokensPerMinute":1000}""");
        var body = $"{{\"model\":\"{Gateway.Gateway.Model}\",{input}}}";

        var answers = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            answers.Add((await _operator.SendAsync(HttpMethod.Post, path, body, key)).Status);
        }

        Assert.Equal([200, 200, 429], answers);
        Assert.Equal(429, await _operator.ChatStatusAsync(key));
        Assert.Equal(0, (long)(await _operator.UseAsync(id))["tokensInMinute"]!);
    }

    [Fact]
    public async Task MaxConcurrentRequests_OneRunningAndThenGone_RefusesMeanwhileAndSettlesWhatTheLeaverUsed()
    {
        var (id, key) = await CreateAsync("""{"maxConcurrentRequests":1,"tokensPerDay":1000000}""");
        using var leaving = new CancellationTokenSource();
        var running = _operator.PostChatAsync(key, "held-by-key [[sim: tokens=100000 per=10ms]]", leave: leaving.Token);
        await Soon.Happens(_upstream.WaitUntilAsync(truth => truth.OpenStreams == 1, TestContext.Current.CancellationToken), "it runs");

        var second = await _operator.ChatAsync(key);
        await leaving.CancelAsync();
        var use = await Soon.Becomes(
            () => _operator.UseAsync(id),
            one => (int)one["running"]! == 0,
            "the request that was left is settled"
        );

        Assert.Equal((429, "rate_limit_exceeded"), (second.Status, (string?)second.Body["error"]!["code"]));
        Assert.InRange((long)use["tokensToday"]!, 1, 4000);
        Assert.Equal(200, await _operator.ChatStatusAsync(key));
        Assert.Equal(200, await _operator.ChatStatusAsync(key));
        await Record.ExceptionAsync(() => running);
    }

    [Fact]
    public async Task IdempotencyKey_ThreeTimesAtOnce_CountsOnce()
    {
        var (id, key) = await CreateAsync("""{"requestsPerMinute":100,"tokensPerDay":1000000}""");

        var all = Enumerable.Range(0, 3).Select(_ => _operator.PostChatAsync(key, "joined [[sim: first=150ms tokens=20]]", "join-key"));
        var responses = await Task.WhenAll(all);

        Assert.All(responses, response => Assert.Equal(200, (int)response.StatusCode));
        var use = await _operator.UseAsync(id);
        Assert.Equal(1, (int)use["requestsInMinute"]!);
        var usage = JsonNode.Parse(await responses[0].Content.ReadAsStringAsync())!["usage"]!;
        Assert.Equal((long)usage["total_tokens"]!, (long)use["tokensToday"]!);
    }

    [Fact]
    public async Task BadRequest_CostsNoTokens_AndARequestOnlyWhereItsTokensWereCounted()
    {
        var (id, key) = await CreateAsync("""{"requestsPerMinute":100,"tokensPerDay":100000000}""");
        var tooLong = KeyOperator.Body(Gateway.Gateway.Model, string.Concat(Enumerable.Repeat("word ", 300_000)));

        var answers = new[]
        {
            await _operator.SendAsync(HttpMethod.Post, "/v1/chat/completions", "{}", key),
            await _operator.SendAsync(HttpMethod.Post, "/v1/chat/completions", tooLong, key),
            await _operator.ChatAsync(key, "no-such-model"),
        };

        Assert.Equal([400, 400, 404], answers.Select(answer => answer.Status));
        Assert.Equal("context_length_exceeded", (string?)answers[1].Body["error"]!["code"]);
        var use = await _operator.UseAsync(id);
        Assert.Equal((1, 0), ((int)use["requestsInMinute"]!, (int)use["tokensToday"]!));
    }

    [Fact]
    public async Task Limits_RaisedByAnOperator_HoldAtOnce()
    {
        var (id, key) = await CreateAsync("""{"requestsPerMinute":1}""");
        Assert.Equal((200, 429), (await _operator.ChatStatusAsync(key), await _operator.ChatStatusAsync(key)));

        var raised = await _operator.SendAsync(HttpMethod.Patch, $"/admin/keys/{id}", """{"limits":{"requestsPerMinute":2}}""");
        Assert.Equal(200, raised.Status);

        Assert.Equal((200, 429), (await _operator.ChatStatusAsync(key), await _operator.ChatStatusAsync(key)));
    }

    private async Task<(string Id, string Key)> CreateAsync(string limits)
    {
        var made = await _operator.CreateAsync($$"""{"name":"limited","limits":{{limits}}}""");
        return ((string)made["id"]!, (string)made["key"]!);
    }
}
