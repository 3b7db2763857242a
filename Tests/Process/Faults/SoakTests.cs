using System.Globalization;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>
/// Faults in a random order, one after the other without waiting until the last one is over. <c>FAULTS_SEED</c> repeats an order that failed,
/// <c>FAULTS_SECONDS</c> sets how long it lasts.
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
        var random = new Random(seed);
        await using var scenario = await Scenario.BeginAsync(await shared.GetAsync(), seed: seed);
        var started = TimeProvider.System.GetTimestamp();

        await scenario.HurtAsync(async () =>
        {
            while (TimeProvider.System.GetElapsedTime(started) < FaultSettings.SoakFor)
            {
                var (name, hurt, heal) = Fault(random, scenario.Cluster);
                var patience = random.Next(5, 30);
                output.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s: {name}, healed after {patience} requests"
                    )
                );
                await hurt();
                await UntilMoreAsync(scenario.Load, patience);
                await heal();
            }
        });

        await scenario.EndAsync(
            $"random faults, seed {seed}",
            new Allowance(Losses.Any, Bookkeeping.Estimates) { ErrorWithin = TimeSpan.FromMinutes(1) }
        );
    }

    private static (string Name, Func<Task> Hurt, Func<Task> Heal) Fault(Random random, FaultCluster cluster)
    {
        var silo = cluster.Silos[random.Next(cluster.Silos.Count)];
        var frontend = cluster.Frontends[random.Next(cluster.Frontends.Count)];
        return random.Next(7) switch
        {
            0 => ($"kill -9 of {silo.Name}", silo.KillAsync, cluster.MakeWholeAsync),
            1 => ($"stop of {silo.Name}", silo.StopAsync, cluster.MakeWholeAsync),
            2 => ($"freeze of {silo.Name}", Do(silo.Freeze), Then(Do(silo.Thaw), cluster.MakeWholeAsync)),
            3 => ($"kill -9 of {frontend.Name}", frontend.KillAsync, cluster.MakeWholeAsync),
            4 => ($"stop of {frontend.Name}", frontend.StopAsync, cluster.MakeWholeAsync),
            5 => ("kill -9 of Redis", cluster.Redis.Host.KillAsync, cluster.Redis.RestartAsync),
            _ => ("freeze of Redis", Do(cluster.Redis.Host.Freeze), Do(cluster.Redis.Host.Thaw)),
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
