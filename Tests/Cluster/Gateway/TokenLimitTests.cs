using System.Text.Json.Nodes;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Simulator.Truth;
using FlowGpt.Tests.Cluster.Keys;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Token limits of accounts and keys, as the providers count, for any maximum that a request names and any length of the model's reply.</summary>
public sealed class TokenLimitTests(TokenLimitTests.Fixture fixture) : IClassFixture<TokenLimitTests.Fixture>
{
    private const int Limit = 20_000;

    private readonly SimulatorTruth _truth = fixture.Gateway.Simulator.Truth;
    private readonly KeyOperator _operator = new(fixture.Gateway.Http.BaseAddress!);

    /// <summary>The most that each request names; null for none.</summary>
    private static readonly int?[] Maxima = [null, 1, 60, 3000, 100_000, int.MaxValue];

    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    [InlineData("claude")]
    public async Task AccountLimit_AnyMaximaAtOnce_IsNeverPassedAndIsUsed(string pool)
    {
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 30).Select(i => AskAsync(pool, Maxima[i % Maxima.Length], reply: 200 + (i * 7919 % 12_000)))
        );
        var served = answers.Where(static answer => answer.Status == 200).ToArray();
        Assert.NotEmpty(served);
        Assert.All(answers.Except(served), static answer => Assert.Equal(429, answer.Status));
        ChatAnswer last;
        for (var i = 0; (last = await AskAsync(pool, Maxima[i % Maxima.Length], reply: 50_000)).Status == 200; i++)
        {
            Assert.InRange(i, 0, 400);
        }

        Assert.Equal(429, last.Status);
        var truth = _truth.Account(AccountOf(pool));
        Assert.InRange(truth.PromptTokens + truth.CompletionTokens, Limit / 2, Limit);
        Assert.Empty(truth.Violations);
    }

    [Theory]
    [InlineData("free-chat", null)]
    [InlineData("free-chat", 100_000)]
    [InlineData("free-claude", null)]
    [InlineData("free-claude", 100_000)]
    public async Task KeyLimit_ALongReply_IsCutAsTooLongWithinTheLimit(string pool, int? maximum)
    {
        var made = await _operator.CreateAsync("""{"name":"token limits","limits":{"tokensPerDay":1000}}""");
        var (id, key) = ((string)made["id"]!, (string)made["key"]!);
        var before = _truth.Account(AccountOf(pool));

        var (status, body) = await AskWithAsync(key, pool, maximum);

        Assert.True(status == 200, body.ToJsonString());
        Assert.Equal("length", (string?)body["choices"]![0]!["finish_reason"]);
        var after = _truth.Account(AccountOf(pool));
        var counted = after.PromptTokens + after.CompletionTokens - before.PromptTokens - before.CompletionTokens;
        Assert.InRange(counted, 900, 1000);
        Assert.InRange((long)(await _operator.UseAsync(id))["tokensToday"]!, counted, 1000);
    }

    [Fact]
    public async Task NoLimit_ALongReply_IsWhole()
    {
        var answer = await AskAsync("free-chat", maximum: null, reply: 12_000);

        Assert.Equal((200, "stop"), (answer.Status, answer.FinishReason));
    }

    private Task<ChatAnswer> AskAsync(string pool, int? maximum, int reply) =>
        fixture.Gateway.ChatAsync(
            new ChatBody($"Tell me all of it, please. [[sim: tokens={reply}]]") { Model = pool, Fields = Fields(maximum) }
        );

    private Task<(int Status, JsonNode Body)> AskWithAsync(string key, string pool, int? maximum)
    {
        var body = Fields(maximum);
        body["model"] = pool;
        body["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Tell me all. [[sim: tokens=30000]]" });
        return _operator.SendAsync(HttpMethod.Post, "/v1/chat/completions", body.ToJsonString(), key);
    }

    private static JsonObject Fields(int? maximum) => maximum is { } most ? new() { ["max_completion_tokens"] = most } : [];

    private static string AccountOf(string pool) => $"{pool}-1";

    /// <summary>A gateway with an account of each kind that has a token limit, and one that has none.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal Gateway Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Gateway = await Gateway.StartWithFileAsync(File);
            foreach (var pool in (string[])["chat", "responses", "claude"])
            {
                Gateway.Simulator.Truth.ConfigureAccount(AccountOf(pool), new() { Limits = new AccountLimits { TokensPerDay = Limit } });
            }
        }

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();

        private static object File(SimulatorHost simulator)
        {
            var openai = new
            {
                kind = "openai",
                baseUrl = simulator.OpenAiAddress,
                wire = "chat",
            };
            var claude = new { kind = "anthropic", baseUrl = simulator.AnthropicAddress };
            var pools = new Dictionary<string, object>
            {
                ["chat"] = openai,
                ["responses"] = openai with { wire = "responses" },
                ["claude"] = claude,
                ["free-chat"] = openai,
                ["free-claude"] = claude,
            };
            return new
            {
                pools,
                accounts = pools.Keys.Select(pool => new
                {
                    name = AccountOf(pool),
                    pool,
                    apiKey = simulator.IssueApiKey(AccountOf(pool)),
                    limits = pool.StartsWith("free", StringComparison.Ordinal)
                        ? new Dictionary<string, int>()
                        : new() { ["tokensPerDay"] = Limit },
                }),
                models = pools.Keys.Select(pool => new { id = pool, targets = new[] { new { pool, model = "sim-large" } } }),
            };
        }
    }
}
