using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Tests.Cluster.Turns;

/// <summary>What tests over a <see cref="TurnCluster"/> have in common. Each ends with a check that all leases are settled.</summary>
public abstract class TurnTests : IAsyncLifetime
{
    private protected TurnTests(TurnCluster cluster) => Cluster = cluster;

    private protected TurnCluster Cluster { get; }

    private protected ScriptedUpstream Upstream => Cluster.Upstream;

    private protected ScriptedPool Pool => Cluster.Pool;

    public ValueTask InitializeAsync()
    {
        Cluster.Reset();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Assert.Equal(0, Cluster.Leases.Open);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private protected static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private protected TurnRequest Turn(string text = "Hello", params ReadOnlySpan<Item> earlier) =>
        Cluster.Turn(text, stored: false, earlier);

    /// <summary>A turn that times out before the missing reader is noticed, or after, as the kind of stop needs.</summary>
    private protected TurnRequest TurnFor(StopBy by) =>
        by == StopBy.Nobody ? Turn() with { Timeout = TurnCluster.AbandonedAfter * 2 } : Turn();

    /// <summary>Starts a turn of a new conversation.</summary>
    private protected async Task<(ITurnGrain Grain, TurnRequest Turn)> StartAsync(TurnRequest turn)
    {
        var grain = Cluster.NewPlace(turn.Lifetime == TurnLifetime.Stored);
        Assert.IsType<StartResult.Accepted>(await grain.Start(turn));
        return (grain, turn);
    }

    /// <summary>Runs a turn of a new conversation to its end.</summary>
    private protected async Task<(string Text, ResponseSlice End)> RunAsync(TurnRequest turn)
    {
        var (grain, _) = await StartAsync(turn);
        return await TurnCluster.ReadToEndAsync(grain, turn.ResponseId);
    }

    /// <summary>Stops a turn in the given way and reads its end.</summary>
    private protected async Task<(string Text, ResponseSlice End)> StopAsync(ITurnGrain grain, TurnRequest turn, StopBy by)
    {
        switch (by)
        {
            case StopBy.Caller:
                await grain.Cancel(turn.ResponseId);
                break;
            case StopBy.Deadline:
                Cluster.Time.Advance(turn.Timeout);
                break;
            case StopBy.LeaseLost:
                Cluster.Leases.Last.Lose();
                break;
            case StopBy.Nobody:
                Cluster.Time.Advance(TurnCluster.AbandonedAfter * 1.5);
                Cluster.Registry.StopAbandoned();
                break;
            default:
                Cluster.Registry.StopAll();
                break;
        }

        return await TurnCluster.ReadToEndAsync(grain, turn.ResponseId);
    }

    /// <summary>Lets the time pass, a little at a time, until the upstream was called the given number of times.</summary>
    private protected async Task AdvanceUntilAsync(ScriptedUpstream upstream, int calls) =>
        await Soon.Becomes(
            () =>
            {
                Cluster.Time.Advance(TimeSpan.FromMilliseconds(200));
                return Cluster.LedgerAsync();
            },
            _ => upstream.Calls >= calls,
            "the upstream is called"
        );

    /// <summary>Lets the time pass, a little at a time, until the turn has ended, and reads its end.</summary>
    private protected async Task<ResponseSlice> AdvanceToEndAsync(ITurnGrain grain, TurnRequest turn)
    {
        var slice = await Soon.Becomes(
            () =>
            {
                Cluster.Time.Advance(TimeSpan.FromMilliseconds(200));
                return grain.Read(turn.ResponseId, 0, TimeSpan.Zero, CancellationToken.None);
            },
            slice => slice.IsTerminal,
            "the turn ends"
        );
        return slice;
    }

    private protected static void AssertFailed(ResponseSlice end, TurnErrorKind kind)
    {
        Assert.Equal(ResponseStatus.Failed, end.Status);
        Assert.Equal(kind, end.Outcome!.Error!.Kind);
        Assert.Null(end.Outcome.FinishReason);
    }

    private protected static void AssertStopped(ResponseSlice end, StopBy by)
    {
        switch (by)
        {
            case StopBy.Caller or StopBy.Nobody:
                Assert.Equal(ResponseStatus.Cancelled, end.Status);
                Assert.Null(end.Outcome!.Error);
                break;
            case StopBy.Deadline:
                AssertFailed(end, TurnErrorKind.UpstreamTimeout);
                break;
            default:
                AssertFailed(end, TurnErrorKind.Interrupted);
                break;
        }
    }

    /// <summary>The only usage event of an unstored turn agrees with the turn's end.</summary>
    private protected UsageEvent AssertBooked(ResponseSlice end, bool prompt, string text, TurnErrorKind? error, bool estimated = false)
    {
        var usage = Assert.Single(Cluster.Usage.Events);
        Assert.Equal(end.Outcome!.Usage, usage.Usage);
        Assert.Equal(prompt, usage.Usage.PromptTokens > 0);
        Assert.Equal(Cluster.Tokens.Count(text), usage.Usage.CompletionTokens);
        Assert.Equal(error, usage.ErrorKind);
        Assert.Equal(estimated, usage.Estimated);
        Assert.Equal(end.Status == ResponseStatus.Cancelled, usage.Cancelled);
        return usage;
    }
}
