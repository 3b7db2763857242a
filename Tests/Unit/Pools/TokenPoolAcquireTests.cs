using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools;
using FlowGpt.Grains.Pools.Choice;
using FlowGpt.Tests.Unit.Pools.World;

namespace FlowGpt.Tests.Unit.Pools;

public sealed class TokenPoolAcquireTests
{
    [Fact]
    public void Acquire_NoAccounts_NoUsableAccount_WithoutRetryAfter()
    {
        var rejected = new PoolDriver(null).Reject(wait: 60);

        Assert.Equal((RejectReason.NoUsableAccount, null), (rejected.Reason, rejected.RetryAfter));
    }

    [Fact]
    public void Acquire_AtALimit_RetryAfterIsExact()
    {
        var driver = new PoolDriver(new() { ClockMargin = 0 }, PoolDriver.Account("a", new() { RequestsPerMinute = 1 }));
        driver.Settle(driver.Grant());
        driver.Pass(10);

        var rejected = driver.Reject(wait: 20);

        Assert.Equal(RejectReason.NoAccountInTime, rejected.Reason);
        Assert.InRange(rejected.RetryAfter!.Value.TotalSeconds, 50, 50.1);
        driver.Pass(rejected.RetryAfter.Value.TotalSeconds);
        driver.Grant();
    }

    [Fact]
    public void Acquire_FreesInTime_QueuesAndIsServedAtThatInstant()
    {
        var driver = new PoolDriver(new() { ClockMargin = 0 }, PoolDriver.Account("a", new() { RequestsPerMinute = 1 }));
        driver.Settle(driver.Grant());

        var ticket = driver.Queue(wait: 90);
        var wake = driver.Pool.NextWake!.Value;
        Assert.InRange((wake - driver.Now).TotalSeconds, 60, 60.1);
        for (var i = 0; i < 12; i++)
        {
            Assert.Null(driver.Pool.Ask(ticket, driver.Now));
            driver.Pass(5);
        }

        driver.Pass((wake - driver.Now).TotalSeconds);
        Assert.IsType<AcquireResult.Granted>(driver.Pool.Ask(ticket, driver.Now));
    }

    [Fact]
    public void Acquire_PastItsDeadline_IsRejected()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", new() { MaxConcurrent = 1 }));
        driver.Grant();
        var ticket = driver.Queue(wait: 3);

        driver.Pass(3);

        var rejected = Assert.IsType<AcquireResult.Rejected>(driver.Pool.Ask(ticket, driver.Now));
        Assert.Equal(RejectReason.NoAccountInTime, rejected.Reason);
        Assert.NotNull(rejected.RetryAfter);
    }

    [Fact]
    public void Acquire_LargerThanEveryTokenLimit_IsRejectedAtOnce()
    {
        var driver = new PoolDriver(
            null,
            PoolDriver.Account("a", new() { TokensPerMinute = 100 }),
            PoolDriver.Account("b", new() { TokensPerDay = 200 })
        );

        Assert.Equal(RejectReason.LargerThanAnyLimit, driver.Reject(tokens: 201, wait: 60).Reason);
        Assert.Equal("b", driver.Grant(tokens: 150).Account);
    }

    [Fact]
    public void Acquire_AllExcluded_IsRejected_WithTheTimeForANewRequest()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"), PoolDriver.Account("b"));

        var rejected = driver.Reject(wait: 60, excluded: ["a", "b"]);

        Assert.Equal((RejectReason.NoUsableAccount, TimeSpan.Zero), (rejected.Reason, rejected.RetryAfter));
        Assert.Equal("b", driver.Grant(excluded: ["a"]).Account);
    }

    [Fact]
    public void Acquire_QueuedWithExclusion_IsPassedByOneThatCanBeServed()
    {
        var driver = new PoolDriver(
            null,
            PoolDriver.Account("a", new() { MaxConcurrent = 1 }),
            PoolDriver.Account("b", new() { MaxConcurrent = 1 })
        );
        var a = driver.Grant(affinity: "a");
        driver.Grant(affinity: "b");
        var excluding = driver.Queue(excluded: ["a"]);
        var other = driver.Queue();

        driver.Settle(a);

        Assert.Null(driver.Pool.Ask(excluding, driver.Now));
        Assert.Equal("a", Assert.IsType<AcquireResult.Granted>(driver.Pool.Ask(other, driver.Now)).Lease.Account);
    }

    [Fact]
    public void Acquire_ManyThatWaitForOtherAccounts_DoNotStopOneThatCanBeServed()
    {
        var one = AccountLimits.None with { MaxConcurrent = 1 };
        var driver = new PoolDriver(null, PoolDriver.Account("a", one), PoolDriver.Account("b", one));
        var a = driver.Grant("a");
        driver.Grant("b");
        for (var i = 0; i < 20; i++)
        {
            driver.Queue(excluded: ["a"]);
        }

        var any = driver.Queue();
        driver.Settle(a);

        Assert.Equal("a", Assert.IsType<AcquireResult.Granted>(driver.Pool.Ask(any, driver.Now)).Lease.Account);
    }

    [Fact]
    public void Acquire_LargeRequestsThatWait_DoNotStopASmallOne()
    {
        var limits = AccountLimits.None with { TokensPerMinute = 1000 };
        var driver = new PoolDriver(null, PoolDriver.Account("a", limits));
        driver.Settle(driver.Grant(tokens: 500), tokens: 500);
        for (var i = 0; i < 20; i++)
        {
            driver.Queue(tokens: 900, wait: 120);
        }

        Assert.IsType<AcquireResult.Granted>(driver.Acquire(tokens: 100, wait: 60));
    }

    [Fact]
    public void Acquire_Affinity_IsUsedWhileItCanServe()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"), PoolDriver.Account("b", new() { MaxConcurrent = 1 }));

        Assert.Equal("b", driver.Grant(affinity: "b").Account);
        Assert.Equal("a", driver.Grant(affinity: "b").Account);
        Assert.Equal(["least-loaded", "affinity"], driver.Pool.Decisions.Select(decision => decision.Why));
        Assert.Equal(["b: at maxConcurrent"], driver.Pool.Decisions[0].Skipped);
    }

    [Fact]
    public void Acquire_TicketNobodyAsksFor_IsDropped_AndItsLeaseReturns()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", new() { MaxConcurrent = 1, RequestsPerMinute = 2 }));
        var first = driver.Grant();
        var ticket = driver.Queue();
        driver.Settle(first, sent: false);
        Assert.Equal(1, driver.Account("a").Leases);

        driver.Pass(10);

        Assert.Equal(0, driver.Account("a").Leases);
        Assert.Equal(0, driver.Account("a").Windows[0].Used);
        Assert.Equal(RejectReason.UnknownTicket, Assert.IsType<AcquireResult.Rejected>(driver.Pool.Ask(ticket, driver.Now)).Reason);
    }

    [Fact]
    public void Abandon_GrantedTicket_ReturnsTheLease_Repeatable()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", new() { MaxConcurrent = 1 }));
        var first = driver.Grant();
        var ticket = driver.Queue();
        driver.Settle(first);

        driver.Pool.Abandon(ticket, driver.Now);
        driver.Pool.Abandon(ticket, driver.Now);

        Assert.Equal(0, driver.Pool.LeaseCount);
        driver.Grant();
    }

    [Fact]
    public void Acquire_ThatMayNotQueue_WhileThePoolRecovers_IsServedAtItsEnd()
    {
        var pool = Beginning(new() { MaxConcurrent = 1, RequestsPerMinute = 2 });
        var ticket = AskOf(pool);
        Write(pool);
        Assert.Null(pool.Ask(ticket, PoolWorld.Start));

        pool.FinishRecovery(PoolWorld.Start);
        // Only now does the pool know that it must reserve for the request.
        Assert.Null(pool.Ask(ticket, PoolWorld.Start));
        Write(pool);

        Assert.IsType<AcquireResult.Granted>(pool.Ask(ticket, PoolWorld.Start));
    }

    [Fact]
    public void Acquire_ThatMayNotQueue_WhileThePoolRecovers_IsRejectedAtItsEndWhenThePoolIsFull()
    {
        var pool = Beginning(new() { MaxConcurrent = 1 });
        var first = AskOf(pool);
        var second = AskOf(pool);
        Write(pool);

        pool.FinishRecovery(PoolWorld.Start);

        Assert.IsType<AcquireResult.Granted>(pool.Ask(first, PoolWorld.Start));
        var rejected = Assert.IsType<AcquireResult.Rejected>(pool.Ask(second, PoolWorld.Start));
        Assert.Equal(RejectReason.NoAccountInTime, rejected.Reason);
    }

    [Fact]
    public void Ask_AnswerLost_IsGivenAgain()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", new() { MaxConcurrent = 1 }));
        var first = driver.Grant();
        var ticket = driver.Queue();
        driver.Settle(first);

        Assert.Equal(driver.Pool.Ask(ticket, driver.Now), driver.Pool.Ask(ticket, driver.Now));
        driver.Pass(11);
        Assert.Equal(1, driver.Pool.LeaseCount);
    }

    [Fact]
    public void Headroom_IsTheSumOverUsableAccounts_NullWhenOneIsUnlimited()
    {
        var driver = new PoolDriver(
            null,
            PoolDriver.Account("a", new() { RequestsPerMinute = 10 }),
            PoolDriver.Account("b", new() { RequestsPerMinute = 5 })
        );
        var headroom = driver.Grant().Headroom;

        Assert.Equal((15, 14), (headroom!.LimitRequests, headroom.RemainingRequests));
        driver.Define(PoolDriver.Account("a", new() { RequestsPerMinute = 10 }), PoolDriver.Account("c"));
        Assert.Null(driver.Grant().Headroom);
    }

    [Fact]
    public void Acquire_ManyAtOneTime_AccountsWithoutLimitsShare()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"), PoolDriver.Account("b"), PoolDriver.Account("c"));

        var leases = Enumerable.Range(0, 9).Select(_ => driver.Grant()).ToArray();

        Assert.All(leases.CountBy(static lease => lease.Account), static one => Assert.Equal(3, one.Value));
    }

    [Theory]
    [InlineData(ChoiceStrategyKind.LeastLoaded, "abcabc")]
    [InlineData(ChoiceStrategyKind.RoundRobin, "abcabc")]
    [InlineData(ChoiceStrategyKind.FillFirst, "aaabbb")]
    public void Acquire_Strategy_ChoosesInItsOrder(ChoiceStrategyKind strategy, string expected)
    {
        var driver = new PoolDriver(
            new() { Strategy = strategy },
            PoolDriver.Account("a", new() { MaxConcurrent = 3 }),
            PoolDriver.Account("b", new() { MaxConcurrent = 3 }),
            PoolDriver.Account("c", new() { MaxConcurrent = 3 })
        );
        var chosen = "";
        for (var i = 0; i < 6; i++)
        {
            chosen += driver.Grant().Account;
            driver.Pass(0.01);
        }

        // With equal headroom the account that was not used for the longest time is next, so least-loaded begins like round-robin.
        Assert.Equal(expected, chosen);
    }

    [Fact]
    public void Acquire_Weighted_GrantsInProportion_AndNobodyMakesUpForAbsence()
    {
        var heavy = PoolDriver.Account("heavy") with { Weight = 3 };
        var light = PoolDriver.Account("light");
        var driver = new PoolDriver(new() { Strategy = ChoiceStrategyKind.Weighted }, heavy, light);
        var counts = Count(driver, 40);
        Assert.Equal((30, 10), counts);

        driver.Define(heavy with { Enabled = false }, light);
        Count(driver, 30);
        driver.Define(heavy, light);

        Assert.Equal((30, 10), Count(driver, 40));
    }

    private static (int Heavy, int Light) Count(PoolDriver driver, int grants)
    {
        var names = Enumerable.Range(0, grants).Select(_ => driver.Grant().Account).ToList();
        return (names.Count(name => name == "heavy"), names.Count(name => name == "light"));
    }

    private static TokenPool Beginning(AccountLimits limits)
    {
        var id = 0;
        var pool = new TokenPool("pool", new PoolOptions(), _ => new Guid(++id, 0, 0, new byte[8]));
        pool.Restore(new PoolRecord(), PoolWorld.Start);
        pool.SetAccounts(new(1, [PoolDriver.Account("a", limits)]), static (_, _) => "generated", PoolWorld.Start);
        return pool;
    }

    private static Guid AskOf(TokenPool pool)
    {
        var request = new AcquireRequest("r", "k", "m", null, [], 0, 0, TimeSpan.Zero, "silo");
        return Assert.IsType<AcquireResult.Queued>(pool.Acquire(request, PoolWorld.Start)).Ticket;
    }

    private static void Write(TokenPool pool)
    {
        while (pool.WriteWanted(PoolWorld.Start))
        {
            pool.BeginWrite(PoolWorld.Start);
            pool.EndWrite(true, PoolWorld.Start);
        }
    }
}
