namespace FlowGpt.Tests.Process.Faults;

/// <summary>Processes that die or freeze without an orderly stop.</summary>
[Collection(FaultTests.Name), Trait("Category", "Process")]
public sealed class CrashTests(SharedFaultCluster shared)
{
    /// <summary>The time within which a stream of a silo that does not answer gets an error.</summary>
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(12);

    [Fact]
    public async Task KillOfAFrontend_CostsOnlyTheRequestsItHeld()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var cluster = scenario.Cluster;

        await scenario.HurtAsync(cluster.Frontends[0].KillAsync);

        await scenario.EndAsync(
            "kill -9 of an API process",
            new Allowance(Losses.ConnectionsOfTheDead, Bookkeeping.Exact) { Dead = cluster.Frontends[0] }
        );
    }

    [Fact]
    public async Task KillOfThePoolsSilo_CostsOnlyItsStreams()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var silo = await scenario.Cluster.SiloOfPoolAsync();

        await scenario.HurtAsync(silo.KillAsync);

        await scenario.EndAsync("kill -9 of the silo with the pool", new Allowance(Losses.StreamsInFlight, Bookkeeping.Estimates));
    }

    [Fact]
    public async Task KillOfAConversationsSilo_CostsOnlyItsStreams()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var silo = await scenario.Cluster.SiloWithoutPoolAsync();

        await scenario.HurtAsync(silo.KillAsync);

        await scenario.EndAsync("kill -9 of a silo with conversations", new Allowance(Losses.StreamsInFlight, Bookkeeping.Estimates));
    }

    [Fact]
    public async Task KillOfEverySilo_RestartOfOne_ServesAgain()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var silos = scenario.Cluster.Silos;

        await scenario.HurtAsync(() => Task.WhenAll(silos.Select(silo => silo.KillAsync())));
        var back = TimeProvider.System.GetTimestamp();
        await silos[0].StartAsync();

        await scenario.EndAsync(
            "kill -9 of every silo, then restart of one",
            new Allowance(Losses.HonestErrors, Bookkeeping.Estimates)
            {
                Since = back,
                ErrorWithin = Frozen,
                OutageWithin = FaultCluster.Deadline,
            }
        );
    }

    [Fact]
    public async Task FreezeOfThePoolsSilo_CostsOnlyItsStreams_AndItEndsItselfWhenItWakes()
    {
        await using var scenario = await Scenario.BeginAsync(shared);
        var silo = await scenario.Cluster.SiloOfPoolAsync();

        await scenario.HurtAsync(silo.Freeze);
        await scenario.UntilAfterFaultAsync(TimeSpan.FromSeconds(20));
        silo.Thaw();
        await silo.Host.WaitForExitAsync();

        await scenario.EndAsync(
            "SIGSTOP of the silo with the pool for 20 s, then SIGCONT",
            new Allowance(Losses.StreamsInFlight, Bookkeeping.Estimates) { ErrorWithin = Frozen }
        );
    }
}
