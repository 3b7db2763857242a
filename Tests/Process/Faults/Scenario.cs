using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>One fault from a whole cluster under load to a whole cluster again, with what must hold of every fault.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    private readonly SharedFaultCluster _shared;
    private readonly UsageTotals _booked;

    private Scenario(SharedFaultCluster shared, FaultCluster cluster, ContinuousLoad load, UsageTotals booked)
    {
        _shared = shared;
        _booked = booked;
        Cluster = cluster;
        Load = load;
    }

    public FaultCluster Cluster { get; }

    public ContinuousLoad Load { get; }

    /// <summary>When the fault was made.</summary>
    public long FaultAt { get; private set; }

    /// <summary>Makes the shared cluster whole and puts a load on it.</summary>
    public static async Task<Scenario> BeginAsync(SharedFaultCluster shared)
    {
        var cluster = await shared.GetAsync();
        await cluster.MakeWholeAsync();
        var booked = await Invariants.BookedAsync(cluster);
        return new Scenario(shared, cluster, await ContinuousLoad.StartAsync(cluster), booked);
    }

    /// <summary>Makes the fault while streams are in flight.</summary>
    public async Task HurtAsync(Func<Task> fault)
    {
        await Load.UntilStreamsAsync(4);
        FaultAt = TimeProvider.System.GetTimestamp();
        await fault();
    }

    /// <summary>Waits until the service is whole again, ends the load and checks the invariants.</summary>
    /// <param name="name">Of the fault, for the table.</param>
    /// <param name="since">From when on the time is measured; the fault unless given.</param>
    public async Task<Recovery> EndAsync(string name, long? since = null)
    {
        await Load.UntilSteadyAsync(since ?? FaultAt);
        await Load.StopAsync();
        await Cluster.MakeWholeAsync();
        var recovery = Recovery.Of(name, since ?? FaultAt, Load.Requests);
        _shared.Add(recovery);
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine($"{Recovery.Head}\n{recovery.ToRow()}\nOf {Load.Requests.Count} requests these were not served:");
        foreach (var request in Load.Requests.Where(static request => !request.IsServed))
        {
            output.WriteLine($"{TimeProvider.System.GetElapsedTime(FaultAt, request.StartedAt).TotalSeconds:0.0} s: {request}");
        }

        Assert.DoesNotContain(Load.Requests, static request => request.Outcome == LoadOutcome.Hung);
        await Invariants.HoldAsync(Cluster, Load, _booked, lost: Load.Requests.Count(request => request.Spans(FaultAt)));
        return recovery;
    }

    public ValueTask DisposeAsync() => Load.DisposeAsync();
}
