namespace FlowGpt.Tests.Process.Faults;

/// <summary>One fault, from a whole cluster under load until the cluster is whole again, and the checks that every fault must pass.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    /// <summary>The tests share a small machine: everything may take twice as long as on a machine of a single test.</summary>
    private const int Slack = 2;

    private readonly Action<Recovery> _measured;
    private readonly LedgerWatch _books;

    private Scenario(FaultCluster cluster, ContinuousLoad load, LedgerWatch books, Action<Recovery> measured)
    {
        _books = books;
        _measured = measured;
        Cluster = cluster;
        Load = load;
    }

    public FaultCluster Cluster { get; }

    public ContinuousLoad Load { get; }

    /// <summary>When the fault began.</summary>
    public long FaultAt { get; private set; }

    /// <summary>When the fault had been made completely.</summary>
    public long FaultDone { get; private set; }

    /// <summary>Makes the shared cluster whole and starts a load on it.</summary>
    public static async Task<Scenario> BeginAsync(SharedFaultCluster shared) => await BeginAsync(await shared.GetAsync(), shared.Add);

    /// <summary>Makes a cluster whole and starts a load on it.</summary>
    public static async Task<Scenario> BeginAsync(FaultCluster cluster, Action<Recovery>? measured = null, int seed = 1)
    {
        await cluster.MakeWholeAsync();
        var books = await LedgerWatch.StartAsync(cluster);
        try
        {
            return new Scenario(cluster, await ContinuousLoad.StartAsync(cluster, seed: seed), books, measured ?? (static _ => { }));
        }
        catch
        {
            await books.DisposeAsync();
            throw;
        }
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

    /// <summary>Waits until so much time has passed since the fault began.</summary>
    public Task UntilAfterFaultAsync(TimeSpan time) =>
        Load.UntilAsync(_ => TimeProvider.System.GetElapsedTime(FaultAt) >= time, $"requests go on for {time.TotalSeconds} s");

    /// <summary>Waits until the service is whole again, ends the load, makes the cluster whole and checks what must hold.</summary>
    public async Task EndAsync(string name, Allowance allowance)
    {
        var since = allowance.Since ?? FaultAt;
        await Load.UntilSteadyAsync(since);
        await Load.StopAsync();
        await Cluster.MakeWholeAsync();
        var recovery = Recovery.Of(name, since, Load.Requests);
        _measured(recovery);
        Tell(recovery);

        Assert.DoesNotContain(Load.Requests, static request => request.Outcome == LoadOutcome.Hung);
        await AssertLossesAsync(allowance);
        Assert.True(
            recovery.SlowestError < allowance.ErrorWithin * Slack,
            $"A stream was told of its end only after {recovery.SlowestError}."
        );
        Assert.True(recovery.LongestSilence < allowance.ErrorWithin * Slack, $"A stream was silent for {recovery.LongestSilence}.");
        Assert.True(recovery.Outage < allowance.OutageWithin * Slack, $"Nobody got anything for {recovery.Outage}.");
        var held = await Invariants.HoldAsync(Cluster, Load);
        var books = await _books.JudgeAsync([.. Load.Requests, .. held], allowance.Books, since);
        TestContext.Current.TestOutputHelper!.WriteLine(books.Report);
    }

    public async ValueTask DisposeAsync()
    {
        await Load.DisposeAsync();
        await _books.DisposeAsync();
    }

    /// <summary>Checks that every request is served, or fails in a way that the fault allows.</summary>
    private async Task AssertLossesAsync(Allowance allowance)
    {
        IReadOnlySet<string> held = allowance.Dead is { } dead
            ? await NginxLog.HeldByAsync(Cluster, dead, Load.Requests)
            : new HashSet<string>();
        // Requests that ended before the fault are not affected by it.
        var judged = Load.Requests.Where(request => request.EndedAt > FaultAt);
        Assert.All(judged, request => Assert.True(request.IsServed || IsAllowed(request, allowance.Losses, held), $"{request}"));
    }

    private bool IsAllowed(LoadRequest request, Losses losses, IReadOnlySet<string> heldByTheDead) =>
        losses switch
        {
            Losses.StreamsInFlight => request is { Outcome: LoadOutcome.ErrorEvent, HasText: true } && IsTouched(request),
            Losses.ConnectionsOfTheDead => request.StartedAt < FaultDone && heldByTheDead.Contains(request.Id),
            Losses.HonestErrors => request.Outcome is LoadOutcome.ErrorEvent or LoadOutcome.Refused,
            Losses.Any => true,
            _ => false,
        };

    /// <summary>Whether the request was in flight during the fault, which takes a moment.</summary>
    private bool IsTouched(LoadRequest request) => request.StartedAt < FaultDone && request.EndedAt > FaultAt;

    private void Tell(Recovery recovery)
    {
        var output = TestContext.Current.TestOutputHelper!;
        output.WriteLine($"{Recovery.Head}\n{recovery.ToRow()}\nOf {Load.Requests.Count} requests these were not served, or late:");
        foreach (
            var alike in Load
                .Requests.Where(static request => !request.IsServed)
                .GroupBy(static one => (one.Outcome, one.Status, one.Error))
        )
        {
            output.WriteLine($"{alike.Count()} {alike.Key}");
        }

        foreach (
            var request in Load
                .Requests.Where(request => !request.IsServed || (request.EndedAt > FaultAt && Recovery.IsLate(request)))
                .Take(40)
        )
        {
            output.WriteLine($"{TimeProvider.System.GetElapsedTime(FaultAt, request.StartedAt).TotalSeconds:0.0} s: {request}");
        }
    }
}
