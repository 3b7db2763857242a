using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Pools;
using FlowGpt.Grains.Pools.Decisions;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Pools;

/// <summary>A provider's rate-limit headers tighten a pool's limits, and never loosen them.</summary>
public sealed class ToldLimitsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private int _requests;

    [Fact]
    public void Settle_NothingLeft_TheAccountWaitsForTheProvidersReset_WithoutAnyConfiguredLimit()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"), PoolDriver.Account("b"));

        Tell(driver, driver.Grant(affinity: "a"), Requests(0, 20));

        Assert.Equal("b", driver.Grant(affinity: "a").Account);
        Assert.Equal(TimeSpan.FromSeconds(20), driver.Reject(excluded: ["b"]).RetryAfter);
        driver.Pass(20.1);
        Assert.Equal("a", driver.Grant(affinity: "a").Account);
    }

    [Fact]
    public void Settle_AFewLeft_SoManyAreGrantedUntilTheReset()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", new() { RequestsPerMinute = 100 }));

        Tell(driver, driver.Grant(), Requests(3, 20));

        for (var i = 0; i < 3; i++)
        {
            driver.Settle(driver.Grant());
        }

        Assert.Equal(RejectReason.NoAccountInTime, driver.Reject().Reason);
    }

    [Fact]
    public void Settle_CallsUnderWay_AreTakenFromWhatIsLeft()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"));
        var told = driver.Grant();
        var underWay = driver.Grant();

        Tell(driver, told, Requests(1, 20));

        Assert.Equal(RejectReason.NoAccountInTime, driver.Reject().Reason);
        Assert.NotNull(underWay);
    }

    [Fact]
    public void Settle_FewTokensLeft_OnlyWhatFitsIsGranted()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"));

        Tell(driver, driver.Grant(), new(null, new(1000, 100, TimeSpan.FromSeconds(20))));

        Assert.Equal(RejectReason.NoAccountInTime, driver.Reject(tokens: 101).Reason);
        Assert.Equal("a", driver.Grant(tokens: 100).Account);
        Assert.Equal(RejectReason.NoAccountInTime, driver.Reject(tokens: 1).Reason);
    }

    [Fact]
    public void Renew_AnswerIsReported_BeforeTheReplyEnds()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"));
        var lease = driver.Grant();

        driver.Pool.Renew([new(lease.Id, "a", "silo", 0, TimeSpan.Zero) { RateLimits = Requests(0, 20) }], driver.Now);

        Assert.Equal(TimeSpan.FromSeconds(20), driver.Reject().RetryAfter);
    }

    [Fact]
    public void Settle_AnotherModel_IsNotHeldUp()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"));
        var lease = Assert.IsType<AcquireResult.Granted>(driver.Acquire(For("large"))).Lease;

        Tell(driver, lease, Requests(0, 20));

        Assert.IsType<AcquireResult.Rejected>(driver.Acquire(For("large")));
        Assert.IsType<AcquireResult.Granted>(driver.Acquire(For("small")));
    }

    [Fact]
    public void Queue_ARequestForAModelWithNothingLeft_HoldsUpNoOtherModel()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", new() { MaxConcurrent = 1 }));
        Tell(driver, Assert.IsType<AcquireResult.Granted>(driver.Acquire(For("large"))).Lease, Requests(0, 20));
        var first = Assert.IsType<AcquireResult.Granted>(driver.Acquire(For("small"))).Lease;
        Assert.IsType<AcquireResult.Queued>(driver.Acquire(For("large", wait: 60)));
        var small = Assert.IsType<AcquireResult.Queued>(driver.Acquire(For("small", wait: 60))).Ticket;

        driver.Settle(first);

        Assert.IsType<AcquireResult.Granted>(driver.Pool.Ask(small, driver.Now));
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("token")]
    public void Tell_IsForgotten_ByAnOperatorsResetAndByANewToken(string by)
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"));
        Tell(driver, driver.Grant(), Requests(0, 20));

        if (by == "reset")
        {
            driver.Pool.Reset("a", driver.Now);
        }
        else
        {
            driver.Define(PoolDriver.Account("a", token: "another"));
        }

        Assert.Equal("a", driver.Grant().Account);
    }

    [Fact]
    public void Tell_AnOlderAnswer_ChangesNothing()
    {
        var told = new ToldLimits();
        told.Tell("m", Requests(0, 20), Now, 0, 0, Now);

        told.Tell("m", Requests(50, 20), Now.AddSeconds(-1), 0, 0, Now);

        Assert.Equal(SkipReason.ProviderLimit, told.Tighten(Verdict.Ready, "m", 0, Now).Reason);
    }

    [Fact]
    public void Tell_AResetFarAway_IsNotWaitedForLongerThanAnHour()
    {
        var told = new ToldLimits();

        told.Tell("m", Requests(0, 7 * 24 * 3600), Now, 0, 0, Now);

        Assert.Equal(Now + ToldLimits.LongestWait, told.Tighten(Verdict.Ready, "m", 0, Now).FreeAt);
    }

    [Theory]
    [InlineData(64, 10000, true)]
    [InlineData(2500, 10000, true)]
    [InlineData(2501, 10000, false)]
    [InlineData(65, null, false)]
    public void IsUrgent_LittleIsLeft(int remaining, int? limit, bool expected) =>
        Assert.Equal(expected, ToldLimits.IsUrgent(new(new(limit, remaining, null), null)));

    /// <summary>For any headers: the account's own limit holds, and the reported remainder is not exceeded before the reset.</summary>
    [Property(MaxTest = 300)]
    public void Grants_WithAnyReports_NeverExceedTheOwnLimit_NorWhatWasTold(byte limit, byte[] steps)
    {
        var most = 1 + (limit % 20);
        var driver = new PoolDriver(null, PoolDriver.Account("a", new() { RequestsPerMinute = most }));
        var open = new Queue<Lease>();
        var left = long.MaxValue;
        var until = DateTimeOffset.MinValue;
        foreach (var step in steps ?? [])
        {
            switch (step % 4)
            {
                case 0 or 1 when driver.Acquire() is AcquireResult.Granted { Lease: var lease }:
                    left -= driver.Now < until ? 1 : 0;
                    Assert.True(left >= 0, "more was granted than the provider said is left");
                    open.Enqueue(lease);
                    break;
                case 2 when open.TryDequeue(out var lease):
                    (left, until) = (step / 4, driver.Now.AddSeconds(15));
                    // Calls that the provider may not have counted yet reduce the remainder.
                    left = Math.Max(0, left - open.Count);
                    Tell(driver, lease, Requests(step / 4, 15));
                    break;
                case 3:
                    driver.Pass(step / 16.0);
                    driver.Pool.Renew([.. open.Select(lease => new HeldLease(lease.Id, "a", "silo", 0))], driver.Now);
                    break;
            }

            var window = Assert.Single(driver.Account("a").Windows);
            Assert.True(window.Used <= most, "the account's own limit was exceeded");
        }
    }

    private AcquireRequest For(string model, double wait = 0) =>
        new($"{++_requests}", "k", "route", null, [], 0, 0, TimeSpan.FromSeconds(wait), "silo") { UpstreamModel = model };

    private static RateLimitReport Requests(long remaining, double reset) => new(new(1000, remaining, TimeSpan.FromSeconds(reset)), null);

    private static void Tell(PoolDriver driver, Lease lease, RateLimitReport told)
    {
        driver.Pool.Settle(new(lease.Id, true, null, null, TimeSpan.Zero, lease.Account) { RateLimits = told }, driver.Now);
        driver.Write();
    }
}
