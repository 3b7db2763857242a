using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools.Health;

namespace FlowGpt.Tests.Unit.Pools;

public sealed class PoolBreakerTests
{
    [Fact]
    public void DistinctAccountsFailAlike_Opens_AndUnchargesThem()
    {
        var driver = Driver();
        var leases = Leases(driver);

        driver.Settle(leases[0], PoolDriver.ServerError());
        driver.Settle(leases[1], PoolDriver.ServerError());
        Assert.Equal(AccountState.CoolingDown, driver.Account("a").State);
        driver.Settle(leases[2], PoolDriver.ServerError());

        Assert.True(driver.Pool.Snapshot(driver.Now).BreakerOpen);
        Assert.All(driver.Pool.Snapshot(driver.Now).Accounts, account => Assert.Equal(AccountState.Ready, account.State));
        var rejected = driver.Reject();
        Assert.Equal((RejectReason.BreakerOpen, TimeSpan.FromSeconds(2)), (rejected.Reason, rejected.RetryAfter));
    }

    [Fact]
    public void OneAccountFailsOften_StaysClosed()
    {
        var driver = Driver();
        for (var i = 0; i < 10; i++)
        {
            driver.Settle(driver.Grant(affinity: "a"), PoolDriver.ServerError());
            driver.Pass(61);
        }

        Assert.Equal(BreakerState.Closed, driver.Pool.Breaker);
    }

    [Fact]
    public void SuccessBetween_StaysClosed()
    {
        var driver = Driver();
        driver.Settle(driver.Grant(affinity: "a"), PoolDriver.ServerError());
        driver.Settle(driver.Grant(affinity: "b"), PoolDriver.ServerError());
        driver.Settle(driver.Grant(affinity: "d"));
        driver.Settle(driver.Grant(affinity: "c"), PoolDriver.ServerError());

        Assert.Equal(BreakerState.Closed, driver.Pool.Breaker);
    }

    [Fact]
    public void FailuresFarApart_StayClosed()
    {
        var driver = Driver();
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            driver.Settle(driver.Grant(affinity: name), PoolDriver.ServerError());
            driver.Pass(6);
        }

        Assert.Equal(BreakerState.Closed, driver.Pool.Breaker);
    }

    [Fact]
    public void HalfOpen_OneProbeAtATime_SuccessCloses()
    {
        var driver = Open();
        var first = driver.Queue();
        var second = driver.Queue("other");
        driver.Pass(2);
        var probe = Assert.IsType<AcquireResult.Granted>(driver.Pool.Ask(first, driver.Now)).Lease;
        Assert.True(probe.IsProbe);
        Assert.Null(driver.Pool.Ask(second, driver.Now));
        Assert.Equal(RejectReason.BreakerOpen, driver.Reject().Reason);

        driver.Settle(probe);

        Assert.Equal(BreakerState.Closed, driver.Pool.Breaker);
        Assert.False(Assert.IsType<AcquireResult.Granted>(driver.Pool.Ask(second, driver.Now)).Lease.IsProbe);
    }

    [Fact]
    public void HalfOpen_ProbeIsAnswered_ClosesBeforeItEnds()
    {
        var driver = Open();
        driver.Pass(2);
        var probe = driver.Grant();

        driver.Pool.Renew([new(probe.Id, probe.Account, "silo", 0, TimeSpan.Zero)], driver.Now);

        Assert.Equal(BreakerState.Closed, driver.Pool.Breaker);
    }

    [Fact]
    public void HalfOpen_ProbesFail_OpenForLongerEachTime_AccountsAreNotCharged()
    {
        var driver = Open();
        foreach (var delay in new[] { 2, 4, 8, 16, 32, 60, 60 })
        {
            driver.Pass(delay - 0.1);
            Assert.Equal(RejectReason.BreakerOpen, driver.Reject().Reason);
            driver.Pass(0.1);
            driver.Settle(driver.Grant(), PoolDriver.ServerError());
        }

        Assert.All(driver.Pool.Snapshot(driver.Now).Accounts, account => Assert.Equal(AccountState.Ready, account.State));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HalfOpen_ProbeTellsNothing_TheNextIsTheProbe(bool expires)
    {
        var driver = Open();
        driver.Pass(2);
        var probe = driver.Grant();
        if (expires)
        {
            driver.Pass(31);
        }
        else
        {
            driver.Settle(probe, sent: false);
        }

        Assert.True(driver.Grant().IsProbe);
        Assert.Equal(BreakerState.HalfOpen, driver.Pool.Breaker);
    }

    [Fact]
    public void HalfOpen_CallersMistake_ProvesTheServiceLives()
    {
        var driver = Open();
        driver.Pass(2);

        driver.Settle(driver.Grant(), PoolDriver.BadRequest());

        Assert.Equal(BreakerState.Closed, driver.Pool.Breaker);
    }

    [Fact]
    public void Open_LateFailuresOfTheWave_ChargeNobody()
    {
        var driver = Driver();
        var leases = Leases(driver);
        var late = Leases(driver);
        leases.ForEach(lease => driver.Settle(lease, PoolDriver.ServerError()));
        driver.Pass(2);
        driver.Settle(driver.Grant());

        late.ForEach(lease => driver.Settle(lease, PoolDriver.ServerError()));

        Assert.Equal(BreakerState.Closed, driver.Pool.Breaker);
        Assert.All(driver.Pool.Snapshot(driver.Now).Accounts, account => Assert.Equal(AccountState.Ready, account.State));
    }

    [Fact]
    public void SmallPool_OfTwo_NeedsBoth_OfOne_HasNoBreaker()
    {
        var two = new PoolDriver(null, PoolDriver.Account("a"), PoolDriver.Account("b"));
        two.Settle(two.Grant(affinity: "a"), PoolDriver.ServerError());
        Assert.Equal(BreakerState.Closed, two.Pool.Breaker);
        two.Settle(two.Grant(affinity: "b"), PoolDriver.ServerError());
        Assert.Equal(BreakerState.Open, two.Pool.Breaker);

        var one = new PoolDriver(null, PoolDriver.Account("a"));
        var leases = Enumerable.Range(0, 9).Select(_ => one.Grant()).ToList();
        leases.ForEach(lease => one.Settle(lease, PoolDriver.ServerError()));
        Assert.Equal(BreakerState.Closed, one.Pool.Breaker);
    }

    private static PoolDriver Driver() =>
        new(null, PoolDriver.Account("a"), PoolDriver.Account("b"), PoolDriver.Account("c"), PoolDriver.Account("d"));

    private static List<Lease> Leases(PoolDriver driver) => new[] { "a", "b", "c" }.Select(name => driver.Grant(affinity: name)).ToList();

    private static PoolDriver Open()
    {
        var driver = Driver();
        Leases(driver).ForEach(lease => driver.Settle(lease, PoolDriver.ServerError()));
        Assert.Equal(BreakerState.Open, driver.Pool.Breaker);
        return driver;
    }
}
