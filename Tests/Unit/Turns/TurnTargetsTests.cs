using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Turns;

namespace FlowGpt.Tests.Unit.Turns;

/// <summary>A turn whose targets are all busy waits for all of them.</summary>
public sealed class TurnTargetsTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("one", "two")]
    [InlineData("two", "one")]
    public async Task Run_EveryTargetIsBusy_TheFirstAccountThatFreesServes(string frees, string staysBusy)
    {
        var (granted, _) = Busy(frees);
        var (_, waits) = Busy(staysBusy);
        _world.Upstream(frees).Next().Says("Hi").Ends();

        var running = _world.RunAsync("one", "two");
        await Soon.Happens(waits, "the turn waits in the other queue, too");
        granted.SetResult(ScriptedPool.Granted($"{frees}-1", frees));
        var turn = await running;

        Assert.Equal("Hi", turn.Log.From(0).Text());
        Assert.Equal((frees, $"{frees}-1", 1), (turn.Target!.Pool, turn.Serving!.Account, turn.Serving.Attempts));
        await GivesUpAsync(staysBusy);
        Assert.Equal([$"model-of-{staysBusy}"], _world.Pool(staysBusy).Requests.Select(static one => one.UpstreamModel).Distinct());
    }

    [Fact]
    public async Task Run_TwoTargetsGrantAtOneTime_TheSecondAccountComesBackUnused()
    {
        var (first, firstWaits) = Busy("one", isCancellable: false);
        var (second, secondWaits) = Busy("two", isCancellable: false);
        var call = _world.Upstream("one").Next().Says("Hi");

        var running = _world.RunAsync("one", "two");
        await Soon.Happens(Task.WhenAll(firstWaits, secondWaits), "the turn waits in both queues");
        first.SetResult(ScriptedPool.Granted("one-1", "one"));
        await Soon.Happens(call.Opened, "the first target is called");
        second.SetResult(ScriptedPool.Granted("two-1", "two"));
        await Soon.Becomes<int>(() => new(_world.Leases.Open), static open => open == 1, "the second account comes back");
        call.Ends();
        await running;

        Assert.Equal([("one-1", true), ("two-1", false)], _world.Leases.All.Select(static one => (one.Lease.Account, one.Sent)).Order());
    }

    [Fact]
    public async Task Run_AttemptAfterTheWaitFails_TheTurnWaitsForTheOthersAgain()
    {
        var (one, oneWaits) = Busy("one");
        _world.Upstream("one").Next().FailsToOpen(UpstreamScript.Failure(FailureClass.Upstream, FailureReason.ServerError));
        var (_, _) = Busy("two");
        var again = new TaskCompletionSource<AcquireResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.Pool("two").Acquires(_ => new AcquireResult.Queued(ScriptedPool.Ticket, 1)).Awaits(stop => again.Task.WaitAsync(stop));
        _world.Upstream("two").Next().Says("Hi").Ends();
        _world.Pool("one").Otherwise = static _ => new AcquireResult.Rejected(RejectReason.NoUsableAccount, null);

        var running = _world.RunAsync("one", "two");
        await Soon.Happens(oneWaits, "the turn waits");
        one.SetResult(ScriptedPool.Granted("one-1", "one"));
        again.SetResult(ScriptedPool.Granted("two-1", "two"));
        var turn = await running;

        Assert.Equal(("Hi", "two-1", 2), (turn.Log.From(0).Text(), turn.Serving!.Account, turn.Serving.Attempts));
    }

    [Fact]
    public async Task Run_NoTargetFreesInTime_TheClientIsToldTheSoonest()
    {
        foreach (var (pool, seconds) in new[] { ("one", 90), ("two", 40), ("three", 60) })
        {
            _world.Pool(pool).Otherwise = _ => new AcquireResult.Rejected(RejectReason.NoAccountInTime, TimeSpan.FromSeconds(seconds));
        }

        var turn = await _world.RunAsync("one", "two", "three");

        var error = turn.Log.Outcome!.Error!;
        Assert.Equal((TurnErrorKind.NoAccountInTime, TimeSpan.FromSeconds(40)), (error.Kind, error.RetryAfter));
        Assert.Equal(2, _world.Pool("two").Requests.Count);
    }

    [Fact]
    public async Task Run_StoppedWhileItWaits_EveryPlaceIsGivenUp()
    {
        var (_, one) = Busy("one");
        var (_, two) = Busy("two");
        var turn = _world.Turn(TurnWorld.Request(), "one", "two");

        var running = _world.RunAsync(turn);
        await Soon.Happens(Task.WhenAll(one, two), "the turn waits in both queues");
        turn.Stop(StopReason.Caller);
        await running;

        Assert.Equal(ResponseStatus.Cancelled, turn.Log.Status);
        await GivesUpAsync("one");
        await GivesUpAsync("two");
    }

    private ValueTask<int> GivesUpAsync(string pool) =>
        new(
            Soon.Becomes<int>(
                () => new(_world.Pool(pool).Abandoned.Count),
                static places => places == 1,
                "a place in the queue is given up"
            )
        );

    /// <summary>A pool without a free account, and the grant for which a request waits there. The task completes once one waits.</summary>
    private (TaskCompletionSource<AcquireResult> Grant, Task Waits) Busy(string pool, bool isCancellable = true)
    {
        var grant = new TaskCompletionSource<AcquireResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _world
            .Pool(pool)
            .Acquires(static _ => new AcquireResult.Rejected(RejectReason.NoAccountInTime, TimeSpan.FromSeconds(1)))
            .Acquires(static _ => new AcquireResult.Queued(ScriptedPool.Ticket, 1))
            .Awaits(stop =>
            {
                waits.SetResult();
                return isCancellable ? grant.Task.WaitAsync(stop) : grant.Task;
            });
        return (grant, waits.Task);
    }
}
