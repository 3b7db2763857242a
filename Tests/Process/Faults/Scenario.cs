using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>One fault from a whole cluster under load to a whole cluster again, with what must hold of every fault.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    /// <summary>A stream that was lost tells its client within this; the figures of the recovery table are far below it.</summary>
    private static readonly TimeSpan ErrorWithin = TimeSpan.FromSeconds(40);

    private readonly Action<Recovery> _measured;
    private readonly UsageTotals _booked;

    private Scenario(FaultCluster cluster, ContinuousLoad load, UsageTotals booked, Action<Recovery> measured)
    {
        _booked = booked;
        _measured = measured;
        Cluster = cluster;
        Load = load;
    }

    public FaultCluster Cluster { get; }

    public ContinuousLoad Load { get; }

    /// <summary>When the fault began.</summary>
    public long FaultAt { get; private set; }

    /// <summary>When it had been made.</summary>
    public long FaultDone { get; private set; }

    /// <summary>Makes the shared cluster whole and puts a load on it.</summary>
    public static async Task<Scenario> BeginAsync(SharedFaultCluster shared) => await BeginAsync(await shared.GetAsync(), shared.Add);

    /// <summary>Makes a cluster whole and puts a load on it.</summary>
    public static async Task<Scenario> BeginAsync(FaultCluster cluster, Action<Recovery>? measured = null, int seed = 1)
    {
        await cluster.MakeWholeAsync();
        var booked = await Invariants.BookedAsync(cluster);
        return new Scenario(cluster, await ContinuousLoad.StartAsync(cluster, seed: seed), booked, measured ?? (static _ => { }));
    }

    /// <summary>Makes the fault while streams are in flight.</summary>
    public Task HurtAsync(Action fault) =>
        HurtAsync(() =>
        {
            fault();
            return Task.CompletedTask;
        });

    /// <summary>Makes the fault while streams are in flight.</summary>
    public async Task HurtAsync(Func<Task> fault)
    {
        await Load.UntilStreamsAsync(4);
        FaultAt = TimeProvider.System.GetTimestamp();
        await fault();
        FaultDone = TimeProvider.System.GetTimestamp();
    }

    /// <summary>Waits until the service is whole again, ends the load, makes the cluster whole and checks what must hold.</summary>
    /// <param name="name">Of the fault, for the table.</param>
    /// <param name="losses">What it may have cost.</param>
    /// <param name="since">From when on the time is measured; the fault unless given.</param>
    /// <param name="recordsKept">Whether storage kept its records; without them nothing can be said of what was booked.</param>
    public async Task EndAsync(string name, Losses losses, long? since = null, bool recordsKept = true)
    {
        await Load.UntilSteadyAsync(since ?? FaultAt);
        await Load.StopAsync();
        await Cluster.MakeWholeAsync();
        var recovery = Recovery.Of(name, since ?? FaultAt, Load.Requests);
        _measured(recovery);
        Tell(recovery);

        Assert.DoesNotContain(Load.Requests, static request => request.Outcome == LoadOutcome.Hung);
        // What had ended before the fault says nothing of it.
        var judged = Load.Requests.Where(request => request.EndedAt > FaultAt);
        Assert.All(judged, request => Assert.True(request.IsServed || IsAllowed(request, losses), $"{request}"));
        Assert.True(recovery.SlowestError < ErrorWithin, $"A stream was told of its end only after {recovery.SlowestError}.");
        await Invariants.HoldAsync(Cluster, Load, recordsKept ? _booked : null, lost: Load.Requests.Count(IsTouched));
    }

    public ValueTask DisposeAsync() => Load.DisposeAsync();

    private bool IsAllowed(LoadRequest request, Losses losses) =>
        losses switch
        {
            Losses.StreamsInFlight => request.Outcome == LoadOutcome.ErrorEvent && IsTouched(request),
            Losses.ConnectionsInFlight => request.StartedAt < FaultDone,
            Losses.HonestErrors => request.Outcome is LoadOutcome.ErrorEvent or LoadOutcome.Refused,
            Losses.Any => true,
            _ => false,
        };

    /// <summary>Whether it was in flight at the fault, which takes a moment itself.</summary>
    private bool IsTouched(LoadRequest request) => request.StartedAt < FaultDone && request.EndedAt > FaultAt;

    private void Tell(Recovery recovery)
    {
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine($"{Recovery.Head}\n{recovery.ToRow()}\nOf {Load.Requests.Count} requests these were not served:");
        foreach (var request in Load.Requests.Where(static request => !request.IsServed).Take(30))
        {
            output.WriteLine($"{TimeProvider.System.GetElapsedTime(FaultAt, request.StartedAt).TotalSeconds:0.0} s: {request}");
        }
    }
}
