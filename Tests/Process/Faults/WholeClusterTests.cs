namespace FlowGpt.Tests.Process.Faults;

/// <summary>What the other tests here take for granted: without a fault, a cluster under load breaks nothing.</summary>
[Collection(FaultTests.Name), Trait("Category", "Process")]
public sealed class WholeClusterTests(SharedFaultCluster shared)
{
    [Fact]
    public async Task Load_OnAWholeCluster_IsServedAndEveryInvariantHolds()
    {
        await using var scenario = await Scenario.BeginAsync(shared);

        await scenario.HurtAsync(static () => { });

        await scenario.EndAsync("none", new Allowance(Losses.None, Bookkeeping.Exact));
    }
}
