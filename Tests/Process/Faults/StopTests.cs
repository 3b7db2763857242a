namespace FlowGpt.Tests.Process.Faults;

/// <summary>Processes that are stopped and started in an orderly way. No client notices.</summary>
[Collection(FaultTests.Name), Trait("Category", "Process")]
public sealed class StopTests(SharedFaultCluster shared)
{
    private static readonly Allowance Nothing = new(Losses.None, Bookkeeping.Exact);

    [Fact]
    public async Task StopOfThePoolsSilo_FailsNoRequest()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var silo = await scenario.Cluster.SiloOfPoolAsync();

        await scenario.HurtAsync(async () => Assert.Equal(0, await silo.StopAsync()));

        Assert.DoesNotContain("\"LogNotTaken\"", silo.Output, StringComparison.Ordinal);
        await scenario.EndAsync("stop of the silo with the pool", Nothing);
    }

    [Fact]
    public async Task StopOfAConversationsSilo_FailsNoRequest()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var silo = await scenario.Cluster.SiloWithoutPoolAsync();

        await scenario.HurtAsync(async () => Assert.Equal(0, await silo.StopAsync()));

        await scenario.EndAsync("stop of a silo with conversations", Nothing);
    }

    [Fact]
    public async Task StopOfAFrontend_TakenOutOfNginxFirst_FailsNoRequest()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var cluster = scenario.Cluster;
        var frontend = cluster.Frontends[0];

        await scenario.HurtAsync(async () =>
        {
            await cluster.ServeWithoutAsync(frontend);
            Assert.Equal(0, await frontend.StopAsync());
        });
        await frontend.StartAsync();
        await cluster.ServeWithoutAsync(null);

        await scenario.EndAsync("stop of an API process that nginx leaves out", Nothing);
    }

    [Fact]
    public async Task RollingRestart_OfEverySiloAndFrontend_FailsNoRequest()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var cluster = scenario.Cluster;

        await scenario.HurtAsync(async () =>
        {
            foreach (var silo in cluster.Silos)
            {
                Assert.Equal(0, await silo.StopAsync());
                await cluster.MakeWholeAsync();
            }

            foreach (var frontend in cluster.Frontends)
            {
                await cluster.ServeWithoutAsync(frontend);
                Assert.Equal(0, await frontend.StopAsync());
                await frontend.StartAsync();
                await cluster.ServeWithoutAsync(null);
            }
        });

        await scenario.EndAsync("rolling restart of every silo and API process", Nothing);
    }

    [Fact]
    public async Task Join_OfASilo_FailsNoRequest()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var silo = scenario.Cluster.AddSilo();
        try
        {
            await scenario.HurtAsync(silo.StartAsync);

            await scenario.EndAsync("one more silo joins", Nothing);
        }
        finally
        {
            await scenario.Cluster.RemoveAsync(silo);
        }
    }
}
