using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>Errors that are not the caller's: no account free in time, none usable, an upstream that fails or is too slow.</summary>
public sealed class UpstreamErrorTests
{
    private const string NoQueue = "FlowGpt:Conversations:MaxQueueWait=00:00:00";

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

    [Theory]
    [InlineData("expired")]
    [InlineData("disabled")]
    [InlineData("refused")]
    [InlineData("none")]
    public async Task Accounts_NoneUsable_Is503(string why)
    {
        GatewayAccount[] accounts = why switch
        {
            "expired" => [new("a1", Lifetime: TimeSpan.FromMinutes(-1))],
            "disabled" => [new("a1", Enabled: false)],
            "none" => [],
            _ => [new("a1"), new("a2")],
        };
        await using var gateway = await Gateway.StartAsync(accounts);
        if (why == "refused")
        {
            foreach (var account in accounts)
            {
                gateway.Simulator.Truth.ConfigureAccount(account.Name, new AccountSettings { RevokeTokens = true });
            }
        }

        var first = await gateway.ChatAsync("Hello");
        var calls = gateway.Simulator.Truth.Snapshot().Global.CreateCalls;
        var second = await gateway.ChatAsync("Hello");

        first.AssertError(503, "server_error", "service_unavailable", null);
        second.AssertError(503, "server_error", "service_unavailable", null);
        Assert.Equal(why == "refused" ? 2 : 0, calls);

        // Only the first failure of a request marks an account, so a second request is needed to find both out; nobody calls them before their probe.
        calls = gateway.Simulator.Truth.Snapshot().Global.CreateCalls;
        Assert.Equal(why == "refused" ? 3 : 0, calls);
        var third = await gateway.ChatAsync("Hello");
        third.AssertError(503, "server_error", "service_unavailable", null);
        Assert.Equal(calls, gateway.Simulator.Truth.Snapshot().Global.CreateCalls);
        Assert.Equal(why == "refused", third.Headers.Contains("retry-after"));
    }

    [Theory]
    [InlineData(false, "stall-before-headers")]
    [InlineData(true, "stall-before-headers")]
    [InlineData(false, "stall-after:2")]
    public async Task Upstream_SilentBeyondTheRequestTimeout_Is504(bool stream, string fault)
    {
        await using var gateway = await Gateway.StartAsync(2, "REQUEST_TIMEOUT=1");

        var answer = await gateway.ChatAsync(new ChatBody($"Hello [[sim: flush fault={fault}]]") { Stream = stream });

        answer.AssertError(504, "server_error", "upstream_timeout", null);
        await gateway.Simulator.Truth.WaitUntilAsync(truth => truth.OpenStreams == 0, TestContext.Current.CancellationToken);
        await gateway.IdlePoolAsync();
    }

    [Fact]
    public async Task Upstream_SilentInTheMiddleOfAStream_EndsWithAnErrorFrameAndABrokenBody()
    {
        await using var gateway = await Gateway.StartAsync(1, "REQUEST_TIMEOUT=1");

        var answer = await gateway.ChatAsync(new ChatBody("Say exactly: a b c d [[sim: flush fault=stall-after:2]]") { Stream = true });

        Assert.Equal((200, "a b", false, null), (answer.Status, answer.Text, answer.Whole, answer.FinishReason));
        Assert.Equal("upstream_timeout", (string)answer.Error!["code"]!);
        Assert.DoesNotContain("[DONE]", answer.Body);
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
