namespace FlowGpt.Tests.Process.Faults;

/// <summary>Processes that end and come in order.</summary>
[Collection(FaultTests.Name), Trait("Category", "Process")]
public sealed class StopTests(SharedFaultCluster shared)
{
    [Fact]
    public async Task StopOfThePoolsSilo_()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var silo = await scenario.Cluster.SiloOfPoolAsync();

        await scenario.HurtAsync(async () => await silo.StopAsync());
        await scenario.EndAsync("stop of the silo with the pool");
    }

    [Fact]
    public async Task StopOfAConversationsSilo_()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var silo = await scenario.Cluster.SiloWithoutPoolAsync();

        await scenario.HurtAsync(async () => await silo.StopAsync());
        await scenario.EndAsync("stop of a silo with conversations");
    }

    [Fact]
    public async Task StopOfAFrontend_()
    {
        await using var scenario = await Scenario.BeginAsync(shared);

        await scenario.HurtAsync(async () => await scenario.Cluster.Frontends[0].StopAsync());
        await scenario.EndAsync("stop of an API process");
    }
}
