namespace FlowGpt.Tests.Process.Faults;

/// <summary>The cluster without Redis: requests that need no storage are served, and stored turns that cannot be written get an error.</summary>
[Collection(FaultTests.Name), Trait("Category", "Process")]
public sealed class RedisFaultTests(SharedFaultCluster shared)
{
    [Fact]
    public async Task KillOfRedis_ThenRestart_FailsNoRequestSilently()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var redis = scenario.Cluster.Redis;

        await scenario.HurtAsync(redis.Host.KillAsync);
        await UntilMetAsync(scenario);
        await redis.RestartAsync();

        await scenario.EndAsync("Redis: kill -9, then restart", Honest(Bookkeeping.Estimates, TimeProvider.System.GetTimestamp()));
    }

    [Fact]
    public async Task StallOfRedis_FailsNoRequestSilently()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var redis = scenario.Cluster.Redis;

        await scenario.HurtAsync(redis.Host.Freeze);
        await scenario.UntilAfterFaultAsync(TimeSpan.FromSeconds(5));
        redis.Host.Thaw();

        await scenario.EndAsync("Redis: 5 s of SIGSTOP", Honest(Bookkeeping.Estimates, TimeProvider.System.GetTimestamp()));
    }

    [Fact]
    public async Task LossOfRedis_Restores_MembershipAndLimits()
    {
        // Of its own: the API processes remember what the lost books had, and would tell it to a later test's.
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Silos = 2 });
        await using var scenario = await Scenario.BeginAsync(cluster, shared.Add);
        var redis = cluster.Redis;

        await scenario.HurtAsync(redis.Host.KillAsync);
        await UntilMetAsync(scenario);
        await redis.RestartEmptyAsync();
        var back = TimeProvider.System.GetTimestamp();

        await scenario.EndAsync("Redis: restart without its data", Honest(Bookkeeping.OfWhatCameAfter, back));
    }

    // Few clients, since each sends a stored turn sooner or later, and waits for it.
    private static Task UntilMetAsync(Scenario scenario) =>
        scenario.Load.UntilAsync(
            requests => requests.Count(request => request.IsOver && request.StartedAfter(scenario.FaultDone)) >= 8,
            "requests meet a cluster without Redis"
        );

    private static Allowance Honest(Bookkeeping books, long since) => new(Losses.HonestErrors, books) { Since = since };
}
