namespace FlowGpt.Tests.Process.Faults;

/// <summary>What the other tests here take for granted: without a fault, a cluster under load breaks nothing.</summary>
[Trait("Category", "Process")]
public sealed class WholeClusterTests
{
    [Fact]
    public async Task Load_OnAWholeCluster_IsServedAndEveryInvariantHolds()
    {
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Silos = 2 });
        var booked = await Invariants.BookedAsync(cluster);
        await using var load = await ContinuousLoad.StartAsync(cluster);

        await load.StopAsync();

        Assert.All(load.Requests, request => Assert.True(request.IsServed, $"{request}"));
        await Invariants.HoldAsync(cluster, load, booked, lost: 0);
    }
}
