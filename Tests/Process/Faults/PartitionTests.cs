namespace FlowGpt.Tests.Process.Faults;

/// <summary>A silo whose network fails: neither the others, nor Redis, nor the upstream can be reached, and no connection breaks.</summary>
[Collection(FaultTests.Name), Trait("Category", "Process")]
public sealed class PartitionTests
{
    [Fact]
    public async Task Partition_OfASilo_CostsOnlyItsStreams_AndItEndsItselfWhenItIsBack()
    {
        await using var network = await FaultNetwork.CreateAsync();
        await using var cluster = await FaultCluster.StartAsync(new FaultClusterOptions { Network = network });
        await using var scenario = await Scenario.BeginAsync(cluster);
        var away = cluster.Silos[^1];

        await scenario.HurtAsync(network.CutAsync);
        await scenario.Load.UntilSteadyAsync(scenario.FaultAt);
        await network.HealAsync();
        await away.Host.WaitForExitAsync();

        await scenario.EndAsync("partition of a silo from the others and from Redis", Losses.StreamsInFlight);
    }
}
