using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Errors that are not the caller's: no account free in time, none usable, an upstream that fails or is too slow.</summary>
public sealed class UpstreamErrorTests
{
    private const string NoQueue = "FlowGpt:Conversations:MaxQueueWait=00:00:00";

    private static readonly (string Path, string Body)[] OfEveryDialect =
    [
        ("/v1/chat/completions", $$"""{"model":"{{Gateway.Model}}","messages":[{"role":"user","content":"Hello"}]}"""),
        ("/v1/responses", $$"""{"model":"{{Gateway.Model}}","input":"Hello"}"""),
        ("/v1/messages", $$"""{"model":"{{Gateway.Model}}","max_tokens":99,"messages":[{"role":"user","content":"Hello"}]}"""),
        ("/v1/completions", $$"""{"model":"{{Gateway.Model}}","prompt":"Hello"}"""),
    ];

    [Fact]
    public async Task Limit_Reached_Is429WithTheTimeUntilTheWindowFrees()
    {
        await using var gateway = await Gateway.StartAsync([new GatewayAccount("a1", RequestsPerMinute: 1)], NoQueue);
        Assert.Equal(200, (await gateway.ChatAsync("Hello")).Status);
        await gateway.IdlePoolAsync();

        var before = (await gateway.Pool.GetSnapshot()).Accounts[0].Windows[0];
        var answer = await gateway.ChatAsync("Hello again");
        var after = (await gateway.Pool.GetSnapshot()).Accounts[0].Windows[0];

        answer.AssertError(429, "requests", "rate_limit_exceeded", null);
        var told = TimeSpan.FromMilliseconds(long.Parse(Header(answer, "retry-after-ms")));
        // Clients are never told to wait longer than a minute.
        var longest = TimeSpan.FromSeconds(60);
        Assert.InRange(told, Min(after.FreesIn, longest), Min(before.FreesIn + TimeSpan.FromMilliseconds(1), longest));
        Assert.Equal(Math.Ceiling(told.TotalSeconds), int.Parse(Header(answer, "retry-after")));
        Assert.Equal(1, gateway.Simulator.Truth.Snapshot().Accepted);
    }

    [Fact]
    public async Task RateLimit_WithRetryAfter_IsToldExactlyAndThenCountsDown()
    {
        await using var gateway = await Gateway.StartAsync(1, NoQueue);
        gateway.Simulator.Truth.SetBehaviour(
            new BehaviourSettings
            {
                Fault = new FaultSettings
                {
                    Kind = FaultKind.RateLimited,
                    RetryAfterSeconds = 30,
                    Times = 1,
                },
            }
        );

        var first = await gateway.ChatAsync("Hello");
        await gateway.IdlePoolAsync();
        var before = await gateway.Pool.GetSnapshot();
        var second = await gateway.ChatAsync("Hello");
        var after = await gateway.Pool.GetSnapshot();

        Assert.Equal((429, "30", "30000"), (first.Status, Header(first, "retry-after"), Header(first, "retry-after-ms")));
        second.AssertError(429, "requests", "rate_limit_exceeded", null);
        var told = TimeSpan.FromMilliseconds(long.Parse(Header(second, "retry-after-ms")));
        Assert.InRange(told, LeftOf(after), LeftOf(before) + TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, gateway.Simulator.Truth.Snapshot().Global.ChatCalls);
    }

    [Fact]
    public async Task Accounts_None_Is503()
    {
        await using var gateway = await Gateway.StartAsync([]);

        (await gateway.ChatAsync("Hello")).AssertError(503, "server_error", "service_unavailable", null);
        Assert.Equal(0, gateway.Simulator.Truth.Snapshot().Global.CreateCalls);
    }

    [Fact]
    public async Task Accounts_EveryTokenRefused_Is503AndNobodyIsCalledBeforeItsProbe()
    {
        await using var gateway = await Gateway.StartAsync(accounts: 2);
        gateway.Simulator.Truth.ConfigureAccount("a1", new AccountSettings { RevokeTokens = true });
        gateway.Simulator.Truth.ConfigureAccount("a2", new AccountSettings { RevokeTokens = true });

        // Only the first failure of a request marks an account, so a second request is needed to mark both accounts.
        (int Calls, bool SaysWhen)[] seen = new (int, bool)[3];
        for (var i = 0; i < seen.Length; i++)
        {
            var answer = await gateway.ChatAsync("Hello");
            answer.AssertError(503, "server_error", "service_unavailable", null);
            seen[i] = ((int)gateway.Simulator.Truth.Snapshot().Global.CreateCalls, answer.Headers.Contains("retry-after"));
        }

        Assert.Equal([2, 3, 3], seen.Select(static one => one.Calls));
        Assert.True(seen[^1].SaysWhen);
    }

    [Fact]
    public async Task Accounts_AllCoolDownAfterFailures_Is503WithTheTime_InEveryDialect()
    {
        await using var gateway = await Gateway.StartAsync(1, NoQueue);
        gateway.Simulator.Truth.SetBehaviour(
            new BehaviourSettings
            {
                Fault = new FaultSettings { Kind = FaultKind.Challenge, Times = 1 },
            }
        );
        Assert.Equal(502, (await gateway.ChatAsync("Hello")).Status);
        await gateway.IdlePoolAsync();

        foreach (var (path, body) in OfEveryDialect)
        {
            foreach (var stream in (bool[])[false, true])
            {
                using var content = new StringContent(
                    body.Insert(1, stream ? "\"stream\":true," : ""),
                    System.Text.Encoding.UTF8,
                    "application/json"
                );
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
                using var answer = await gateway.SendAsync(request);
                var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

                Assert.True((int)answer.StatusCode == 503, $"{path}: {(int)answer.StatusCode} {text}");
                Assert.InRange(int.Parse(Assert.Single(answer.Headers.GetValues("retry-after"))), 30, 60);
                Assert.Contains("cooling down after failures", text);
            }
        }

        Assert.Equal(1, gateway.Simulator.Truth.Snapshot().Global.ChatCalls);
    }

    [Fact]
    public async Task Upstream_SilentBeyondTheRequestTimeout_Is504_OrAnErrorFrameAndABrokenBody()
    {
        await using var gateway = await Gateway.StartAsync(4, "REQUEST_TIMEOUT=1");

        var answers = await Task.WhenAll(
            gateway.ChatAsync("Hello [[sim: flush fault=stall-before-headers]]"),
            gateway.ChatAsync(new ChatBody("Hello [[sim: flush fault=stall-before-headers]]") { Stream = true }),
            gateway.ChatAsync("Hello [[sim: flush fault=stall-after:2]]")
        );
        var begun = await gateway.ChatAsync(new ChatBody("Say exactly: a b c d [[sim: flush fault=stall-after:2]]") { Stream = true });

        Assert.All(answers, static answer => answer.AssertError(504, "server_error", "upstream_timeout", null));
        Assert.Equal((200, "a b", false, null), (begun.Status, begun.Text, begun.Whole, begun.FinishReason));
        Assert.Equal("upstream_timeout", (string)begun.Error!["code"]!);
        Assert.DoesNotContain("[DONE]", begun.Body);
        await gateway.Simulator.Truth.WaitUntilAsync(truth => truth.OpenStreams == 0, TestContext.Current.CancellationToken);
        await gateway.IdlePoolAsync();
    }

    [Fact]
    public async Task Upstream_AnswersAfterFailures_TheAccountsAreReadyAgainByThemselves()
    {
        await using var gateway = await Gateway.StartAsync(accounts: 2);
        gateway.Simulator.Truth.SetBehaviour(
            new BehaviourSettings
            {
                Fault = new FaultSettings { Kind = FaultKind.ServerError, Times = 2 },
            }
        );
        Assert.Equal(502, (await gateway.ChatAsync("Hello")).Status);

        var answer = await gateway.ChatAsync("Say exactly: back again");

        Assert.Equal((200, "back again"), (answer.Status, answer.Text));
        Assert.Contains((await gateway.Pool.GetSnapshot()).Accounts, account => account.State == AccountState.Ready);
    }

    private static TimeSpan LeftOf(PoolSnapshot pool) => pool.Accounts[0].AvailableAt!.Value - pool.At;

    private static string Header(ChatAnswer answer, string name) => Assert.Single(answer.Headers.GetValues(name));

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
