namespace FlowGpt.Tests.Process.Faults;

/// <summary>Processes that die or freeze without a word.</summary>
[Collection(FaultTests.Name), Trait("Category", "Process")]
public sealed class CrashTests(SharedFaultCluster shared)
{
    [Fact]
    public async Task KillOfAFrontend_()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var cluster = scenario.Cluster;

        await scenario.HurtAsync(cluster.Frontends[0].KillAsync);
        await scenario.EndAsync("kill -9 of an API process");
    }

    [Fact]
    public async Task KillOfThePoolsSilo_()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var silo = await scenario.Cluster.SiloOfPoolAsync();

        await scenario.HurtAsync(silo.KillAsync);
        await scenario.EndAsync("kill -9 of the silo with the pool");
    }

    [Fact]
    public async Task KillOfAConversationsSilo_()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var silo = await scenario.Cluster.SiloWithoutPoolAsync();

        await scenario.HurtAsync(silo.KillAsync);
        await scenario.EndAsync("kill -9 of a silo with conversations");
    }

    [Fact]
    public async Task FreezeOfThePoolsSilo_()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var silo = await scenario.Cluster.SiloOfPoolAsync();

        await scenario.HurtAsync(() =>
        {
            silo.Freeze();
            return Task.CompletedTask;
        });
        await scenario.Load.UntilSteadyAsync(scenario.FaultAt);
        silo.Thaw();
        await silo.Host.WaitForExitAsync();
        await scenario.EndAsync("SIGSTOP of the silo with the pool, then SIGCONT");
    }
}
