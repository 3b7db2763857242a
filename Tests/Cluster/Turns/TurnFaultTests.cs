using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Tests.Cluster.Turns;

/// <summary>A fault at each step of getting an account and calling the upstream: how the turn ends, what is booked, and that no lease is left.</summary>
[Collection(SharedTurnCluster.Name)]
public sealed class TurnFaultTests : TurnTests
{
    public TurnFaultTests(TurnCluster cluster)
        : base(cluster) { }

    [Theory]
    [InlineData(RejectReason.NoAccountInTime, TurnErrorKind.NoAccountInTime)]
    [InlineData(RejectReason.LargerThanAnyLimit, TurnErrorKind.InvalidRequest)]
    public async Task Acquire_Rejected_FailsWithTheReasonAndCallsNobody(RejectReason reason, TurnErrorKind kind)
    {
        var wait = TimeSpan.FromSeconds(7);
        Pool.Otherwise = _ => new AcquireResult.Rejected(reason, wait);

        var (text, end) = await RunAsync(Turn());

        Assert.Equal("", text);
        AssertFailed(end, kind);
        Assert.Equal(kind == TurnErrorKind.InvalidRequest ? null : wait, end.Outcome!.Error!.RetryAfter);
        AssertBooked(end, prompt: false, "", kind);
        Assert.Equal(0, Upstream.Calls);
    }

    [Fact]
    public async Task Acquire_Throws_FailsAsInternal()
    {
        Pool.Otherwise = _ => throw new InvalidOperationException("A defect.");

        var (_, end) = await RunAsync(Turn());

        AssertFailed(end, TurnErrorKind.Internal);
        Assert.DoesNotContain("defect", end.Outcome!.Error!.Message);
    }

    [Theory]
    [InlineData(typeof(SiloUnavailableException))]
    [InlineData(typeof(OperationCanceledException))]
    public async Task Acquire_PoolAwayForAMoment_IsAskedAgain(Type how)
    {
        var away = Signal();
        Pool.Acquires(_ => Throw(away, (Exception)Activator.CreateInstance(how)!));
        Upstream.Next().Says("Hi").Ends();

        var (grain, turn) = await StartAsync(Turn());
        await Soon.Happens(away.Task, "the pool was asked");
        await AdvanceUntilAsync(Upstream, calls: 1);
        var (text, end) = await TurnCluster.ReadToEndAsync(grain, turn.ResponseId);

        Assert.Equal("Hi", text);
        Assert.Equal(ResponseStatus.Completed, end.Status);
    }

    [Fact]
    public async Task Acquire_GrantComesAfterAStandstill_IsGivenBackAndAskedForAgain()
    {
        Pool.Acquires(_ =>
        {
            Cluster.Time.Advance(TimeSpan.FromSeconds(9));
            return ScriptedPool.Granted("a1");
        });
        Pool.Acquires(_ => ScriptedPool.Granted("a2"));
        Upstream.Next().Says("Hi").Ends();

        var (text, end) = await RunAsync(Turn());

        Assert.Equal("Hi", text);
        Assert.Equal("a2", end.Serving!.Account);
        Assert.Equal(["a1", "a2"], Cluster.Leases.All.Select(lease => lease.Lease.Account));
    }

    [Fact]
    public async Task Acquire_PoolAwayForGood_EndsWithTheQueuesTimeAsInterrupted()
    {
        Pool.Otherwise = _ => throw new SiloUnavailableException("The silo is gone.");

        var (grain, turn) = await StartAsync(Turn());
        var end = await AdvanceToEndAsync(grain, turn);

        AssertFailed(end, TurnErrorKind.Interrupted);
        Assert.Equal(0, Upstream.Calls);
    }

    [Fact]
    public async Task Acquire_PoolMovesForGood_AsksAtAPaceAndEndsWithTheQueuesTime()
    {
        Pool.Otherwise = _ => new AcquireResult.Rejected(RejectReason.UnknownTicket, TimeSpan.Zero);

        var (grain, turn) = await StartAsync(Turn());
        var end = await AdvanceToEndAsync(grain, turn);

        AssertFailed(end, TurnErrorKind.Interrupted);
        Assert.InRange(Pool.Requests.Count, 2, 400);
    }

    [Fact]
    public async Task Queue_Granted_Serves()
    {
        Pool.Acquires(_ => new AcquireResult.Queued(ScriptedPool.Ticket, 1))
            .Awaits(_ => Task.FromResult<AcquireResult>(new AcquireResult.Queued(ScriptedPool.Ticket, 1)))
            .Awaits(_ => Task.FromResult(ScriptedPool.Granted("a2")));
        Upstream.Next().Says("Hi").Ends();

        var (text, end) = await RunAsync(Turn());

        Assert.Equal("Hi", text);
        Assert.Equal("a2", end.Serving!.Account);
        Assert.Empty(Pool.Abandoned);
    }

    [Fact]
    public async Task Queue_TicketUnknown_AsksAgainAtOnce()
    {
        Pool.Acquires(_ => new AcquireResult.Queued(ScriptedPool.Ticket, 1))
            .Awaits(_ => Task.FromResult<AcquireResult>(new AcquireResult.Rejected(RejectReason.UnknownTicket, null)));
        Upstream.Next().Says("Hi").Ends();

        var (text, _) = await RunAsync(Turn());

        Assert.Equal("Hi", text);
        Assert.Equal(2, Pool.Requests.Count);
    }

    [Fact]
    public async Task Queue_WaitEndsBeforeTheRequestsTime_FailsAndGivesItsPlaceUp()
    {
        Pool.Acquires(_ => new AcquireResult.Queued(ScriptedPool.Ticket, 1))
            .Awaits(_ =>
            {
                // The queue's time passes while the pool is asked.
                Cluster.Time.Advance(TimeSpan.FromSeconds(31));
                return Task.FromResult<AcquireResult>(new AcquireResult.Queued(ScriptedPool.Ticket, 1));
            });

        var (_, end) = await RunAsync(Turn());

        AssertFailed(end, TurnErrorKind.NoAccountInTime);
        Assert.Equal([ScriptedPool.Ticket], Pool.Abandoned);
    }

    [Theory]
    [InlineData(StopBy.Caller)]
    [InlineData(StopBy.Deadline)]
    [InlineData(StopBy.Nobody)]
    [InlineData(StopBy.Shutdown)]
    public async Task Queue_StoppedWhileWaiting_GivesItsPlaceUp(StopBy by)
    {
        var waits = Pool.Queues();

        var (grain, turn) = await StartAsync(TurnFor(by));
        await Soon.Happens(waits, "the turn waits in the queue");
        var (_, end) = await StopAsync(grain, turn, by);

        AssertStopped(end, by);
        Assert.Equal([ScriptedPool.Ticket], Pool.Abandoned);
        Assert.Equal(0, Upstream.Calls);
        AssertBooked(end, prompt: false, "", end.Outcome!.Error?.Kind);
    }

    [Fact]
    public async Task Queue_PlaceCannotBeGivenUp_EndsAllTheSame()
    {
        var waits = Pool.Queues();
        Pool.OnAbandon = new SiloUnavailableException("The silo is gone.");

        var (grain, turn) = await StartAsync(Turn());
        await Soon.Happens(waits, "the turn waits in the queue");
        var (_, end) = await StopAsync(grain, turn, StopBy.Caller);

        Assert.Equal(ResponseStatus.Cancelled, end.Status);
    }

    [Fact]
    public async Task Open_StoppedWithTheGrant_CallsNobodyAndGivesTheRequestBack()
    {
        Pool.Acquires(_ =>
        {
            Cluster.Time.Advance(TimeSpan.FromSeconds(60));
            return ScriptedPool.Granted("a1");
        });

        var (_, end) = await RunAsync(Turn());

        AssertFailed(end, TurnErrorKind.UpstreamTimeout);
        Assert.Equal(0, Upstream.Calls);
        Assert.False(Cluster.Leases.Last.Sent);
        AssertBooked(end, prompt: false, "", TurnErrorKind.UpstreamTimeout);
    }

    [Fact]
    public async Task Open_UpstreamFails_AnotherAccountServes()
    {
        Upstream.Next().FailsToOpen(UpstreamScript.Failure(FailureClass.Upstream, FailureReason.ServerError));
        Upstream.Next().Says("Hi").Ends();

        var (text, end) = await RunAsync(Turn());

        Assert.Equal("Hi", text);
        Assert.Equal(("a2", 2), (end.Serving!.Account, end.Serving.Attempts));
        Assert.Equal(FailureReason.ServerError, Cluster.Leases.All.First().Failure!.Reason);
        Assert.Equal(["a1"], Pool.Requests.Last().ExcludedAccounts);
        var usage = AssertBooked(end, prompt: true, "Hi", null, estimated: true);
        Assert.Equal(["a1", "a2"], usage.Calls!);
    }

    [Theory]
    [InlineData(FailureClass.Upstream, FailureReason.ServerError, TurnErrorKind.UpstreamFailed)]
    [InlineData(FailureClass.Credential, FailureReason.RateLimited, TurnErrorKind.NoAccountInTime)]
    public async Task Open_FailsOnEveryAccount_EndsWithTheLastFailure_AfterTwoAttemptsWhereTheServiceFails(
        FailureClass kind,
        FailureReason reason,
        TurnErrorKind expected
    )
    {
        Pool.Accounts = ["a1", "a2", "a3"];
        for (var i = 0; i < 3; i++)
        {
            Upstream.Next().FailsToOpen(UpstreamScript.Failure(kind, reason, TimeSpan.FromSeconds(9)));
        }

        var (_, end) = await RunAsync(Turn());

        AssertFailed(end, expected);
        var attempts = kind == FailureClass.Upstream ? 2 : 3;
        Assert.Equal(attempts, Upstream.Calls);
        Assert.Equal(reason == FailureReason.RateLimited ? TimeSpan.FromSeconds(9) : null, end.Outcome!.Error!.RetryAfter);
        Assert.Equal(new[] { "a1", "a2", "a3" }.Take(attempts), Cluster.Leases.All.Select(lease => lease.Lease.Account));
    }

    [Fact]
    public async Task Open_FailsAndNoOtherAccountIsThere_TellsTheFailure()
    {
        Pool.Accounts = ["a1"];
        Upstream.Next().FailsToOpen(UpstreamScript.Failure(FailureClass.Upstream, FailureReason.Challenge));

        var (_, end) = await RunAsync(Turn());

        AssertFailed(end, TurnErrorKind.UpstreamFailed);
        Assert.Contains("Challenge", end.Outcome!.Error!.Message);
    }

    [Fact]
    public async Task Open_FailsBeforeTheRequestWasSent_BooksNoTokensAndGivesTheRequestBack()
    {
        var failure = UpstreamScript.Failure(FailureClass.Caller, FailureReason.InvalidParameter).Failure;
        Upstream.Next().FailsToOpen(new Grains.Upstreams.UpstreamException(failure) { MayHaveBeenSent = false });

        var (_, end) = await RunAsync(Turn());

        AssertBooked(end, prompt: false, "", TurnErrorKind.RefusedByUpstream);
        Assert.False(Cluster.Leases.Last.Sent);
    }

    [Theory]
    [InlineData(StopBy.Caller)]
    [InlineData(StopBy.Deadline)]
    [InlineData(StopBy.LeaseLost)]
    [InlineData(StopBy.Nobody)]
    [InlineData(StopBy.Shutdown)]
    public async Task Open_StoppedWhileOpening_CancelsTheCall(StopBy by)
    {
        var call = Upstream.Next();

        var (grain, turn) = await StartAsync(TurnFor(by));
        await Soon.Happens(call.Opened, "the upstream is called");
        var (_, end) = await StopAsync(grain, turn, by);

        await Soon.Happens(call.Cancelled, "the upstream call is cancelled");
        AssertStopped(end, by);
        // Whether the upstream took the request is not known.
        var usage = AssertBooked(end, prompt: true, "", end.Outcome!.Error?.Kind, estimated: true);
        Assert.Equal(["a1"], usage.Calls!);
    }

    private static AcquireResult Throw(TaskCompletionSource first, Exception exception)
    {
        first.TrySetResult();
        throw exception;
    }
}
