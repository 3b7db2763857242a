namespace FlowGpt.Tests.Process.Faults;

/// <summary>The condition of the other tests here: without a fault, a cluster under load keeps every invariant.</summary>
[Trait("Category", "Process")]
public sealed class WholeClusterTests
{
    [Fact]
    public async Task Load_OnAWholeCluster_IsServedAndEveryInvariantHolds()
    {
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Silos = 2 });
        await using var scenario = await Scenario.BeginAsync(cluster);

        await scenario.HurtAsync(static () => { });

        await scenario.EndAsync("none", new Allowance(Losses.None, Bookkeeping.Exact));
    }
}
