using System.Globalization;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>
/// Faults in a random order, one after the other without waiting until the last one is over. <c>FAULTS_SEED</c> repeats an order that failed,
/// <c>FAULTS_SECONDS</c> sets for how long faults are made.
/// </summary>
[Collection(FaultTests.Name), Trait("Category", "Soak")]
public sealed class SoakTests(SharedFaultCluster shared, ITestOutputHelper output)
{
    [Fact]
    public async Task RandomFaults_UnderLoad_LeaveEveryInvariantStanding()
    {
        var seed = FaultSettings.Seed;
        output.WriteLine($"Seed {seed}; repeat with FAULTS_SEED={seed}.");
        TestContext.Current.SendDiagnosticMessage("Faults in the order of seed {0}; repeat with FAULTS_SEED={0}", seed);
        await using var scenario = await Scenario.BeginAsync(await shared.GetAsync(), seed: seed);
        var started = TimeProvider.System.GetTimestamp();

        await scenario.HurtAsync(async () =>
        {
            foreach (var fault in SoakFault.InOrderOf(seed, scenario.Cluster.Silos.Count, scenario.Cluster.Frontends.Count))
            {
                if (TimeProvider.System.GetElapsedTime(started) >= FaultSettings.SoakFor)
                {
                    return;
                }

                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s: {fault}"
                    )
                );
                var (hurt, heal) = Deeds(fault, scenario.Cluster);
                await hurt();
                await UntilMoreAsync(scenario.Load, fault.LongestWait);
                await heal();
            }
        });

        await scenario.EndAsync(
            $"random faults, seed {seed}",
            new Allowance(Losses.Any, Bookkeeping.Estimates) { ErrorWithin = FaultCluster.Deadline, OutageWithin = FaultCluster.Deadline }
        );
    }

    private static (Func<Task> Hurt, Func<Task> Heal) Deeds(SoakFault fault, FaultCluster cluster)
    {
        var (silo, frontend) = (cluster.Silos[fault.Number], cluster.Frontends[fault.Number % cluster.Frontends.Count]);
        return fault.Kind switch
        {
            SoakFaultKind.KillSilo => (silo.KillAsync, cluster.MakeWholeAsync),
            SoakFaultKind.StopSilo => (silo.StopAsync, cluster.MakeWholeAsync),
            SoakFaultKind.FreezeSilo => (Do(silo.Freeze), Then(Do(silo.Thaw), cluster.MakeWholeAsync)),
            SoakFaultKind.KillFrontend => (frontend.KillAsync, cluster.MakeWholeAsync),
            SoakFaultKind.StopFrontend => (frontend.StopAsync, cluster.MakeWholeAsync),
            SoakFaultKind.KillRedis => (cluster.Redis.Host.KillAsync, cluster.Redis.RestartAsync),
            SoakFaultKind.FreezeRedis => (Do(cluster.Redis.Host.Freeze), Do(cluster.Redis.Host.Thaw)),
            _ => throw new ArgumentOutOfRangeException(nameof(fault)),
        };
    }

    private static Func<Task> Do(Action action) =>
        () =>
        {
            action();
            return Task.CompletedTask;
        };

    private static Func<Task> Then(Func<Task> first, Func<Task> second) =>
        async () =>
        {
            await first();
            await second();
        };

    private static Task UntilMoreAsync(ContinuousLoad load, int count)
    {
        var before = load.Requests.Count(request => request.IsOver);
        return load.UntilAsync(
            requests => requests.Count(request => request.IsOver) >= before + count,
            $"{count} more requests have ended"
        );
    }
}
