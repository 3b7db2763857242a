namespace FlowGpt.Tests.Process.Faults;

/// <summary>What the cluster does without its memory.</summary>
[Collection(FaultTests.Name), Trait("Category", "Process")]
public sealed class RedisFaultTests(SharedFaultCluster shared)
{
    [Fact]
    public async Task KillOfRedis_()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var redis = scenario.Cluster.Redis;

        await scenario.HurtAsync(redis.Host.KillAsync);
        await scenario.Load.UntilAsync(
            requests => requests.Count(request => request.IsOver && request.StartedAfter(scenario.FaultAt)) >= 20,
            "requests meet a cluster without Redis"
        );
        await redis.RestartAsync();
        await scenario.EndAsync("Redis: kill -9 and restart", TimeProvider.System.GetTimestamp());
    }

    [Fact]
    public async Task StallOfRedis_()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var redis = scenario.Cluster.Redis;

        await scenario.HurtAsync(() =>
        {
            redis.Host.Freeze();
            return Task.CompletedTask;
        });
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);
        redis.Host.Thaw();
        await scenario.EndAsync("Redis: 5 s stall", TimeProvider.System.GetTimestamp());
    }

    [Fact]
    public async Task LossOfRedis_()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var redis = scenario.Cluster.Redis;

        await scenario.HurtAsync(redis.Host.KillAsync);
        await redis.RestartEmptyAsync();
        await scenario.EndAsync("Redis: restart without its data");
    }
}
