using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Pools;

public sealed class TokenPoolSettleTests
{
    [Property]
    public void Settle_Repeated_CountsOnce(byte again)
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", new() { RequestsPerMinute = 10, TokensPerMinute = 1000 }));
        var lease = driver.Grant(tokens: 100);
        for (var i = 0; i <= again % 5; i++)
        {
            driver.Settle(lease, tokens: 60);
        }

        driver.Settle(lease, sent: false);
        driver.Settle(lease, PoolDriver.RateLimited());

        Assert.Equal([1L, 60L], driver.Account("a").Windows.Select(window => window.Used));
        Assert.Equal((0, AccountState.Ready), (driver.Account("a").Leases, driver.Account("a").State));
    }

    [Fact]
    public void Settle_NotSent_GivesRequestAndTokensBack()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", new() { RequestsPerMinute = 1, TokensPerMinute = 100 }));

        for (var i = 0; i < 5; i++)
        {
            driver.Settle(driver.Grant(tokens: 100), sent: false);
        }

        Assert.Equal([0L, 0L], driver.Account("a").Windows.Select(window => window.Used));
    }

    [Fact]
    public void Settle_MoreTokensThanEstimated_AreBooked()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", new() { TokensPerMinute = 1000 }));

        driver.Settle(driver.Grant(tokens: 100), tokens: 950);

        Assert.Equal(950, driver.Account("a").Windows[0].Used);
        Assert.Equal(RejectReason.NoAccountInTime, driver.Reject(tokens: 100).Reason);
    }

    [Fact]
    public void Settle_AfterTheLeaseEnded_IsBookedOnce()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", new() { RequestsPerMinute = 5, TokensPerMinute = 1000 }));
        var sent = driver.Grant(tokens: 100);
        var unsent = driver.Grant(tokens: 200);
        driver.Pass(31);
        Assert.Equal([2L, 300L], driver.Account("a").Windows.Select(window => window.Used));
        Assert.Equal(0, driver.Account("a").Leases);

        for (var i = 0; i < 3; i++)
        {
            driver.Settle(sent, tokens: 70);
            driver.Settle(unsent, sent: false);
        }

        Assert.Equal([1L, 70L], driver.Account("a").Windows.Select(window => window.Used));
        Assert.Equal(0, driver.Account("a").Leases);
    }

    [Fact]
    public void Settle_LateFailure_StillTellsOfTheAccount()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"));
        var lease = driver.Grant();
        driver.Pass(31);

        driver.Settle(lease, PoolDriver.Unauthorized());

        Assert.Equal(AccountState.Refused, driver.Account("a").State);
    }

    [Fact]
    public void Settle_CallerFailure_CostsNoTokensAndNoHealth()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", new() { TokensPerMinute = 1000 }));

        driver.Settle(driver.Grant(tokens: 900), PoolDriver.BadRequest());

        Assert.Equal(0, driver.Account("a").Windows[0].Used);
        Assert.Equal((AccountState.Ready, null), (driver.Account("a").State, driver.Account("a").LastFailure));
    }

    [Fact]
    public void Settle_429_CoolsDown_OthersServe_UntilItEnds()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"), PoolDriver.Account("b"));
        driver.Settle(driver.Grant(affinity: "a"), PoolDriver.RateLimited(20));

        Assert.Equal(AccountState.CoolingDown, driver.Account("a").State);
        Assert.Equal("b", driver.Grant(affinity: "a").Account);
        driver.Pass(20);
        Assert.Equal("a", driver.Grant(affinity: "a").Account);
    }

    [Fact]
    public void Settle_ManyAtOnce429_OneStepOfTheLadder()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"));
        var wave = Enumerable.Range(0, 50).Select(_ => driver.Grant()).ToList();
        driver.Pass(0.1);

        wave.ForEach(lease => driver.Settle(lease, PoolDriver.RateLimited()));

        Assert.Equal(driver.Now.AddSeconds(1), driver.Account("a").AvailableAt);
    }

    [Fact]
    public void Settle_Success_ResetsTheLadder()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"));
        foreach (var expected in new[] { 1, 2, 4 })
        {
            driver.Settle(driver.Grant(), PoolDriver.RateLimited());
            Assert.Equal(driver.Now.AddSeconds(expected), driver.Account("a").AvailableAt);
            driver.Pass(expected + 0.1);
        }

        driver.Settle(driver.Grant());
        driver.Settle(driver.Grant(), PoolDriver.RateLimited());

        Assert.Equal(driver.Now.AddSeconds(1), driver.Account("a").AvailableAt);
    }

    [Fact]
    public void Settle_CancelledBeforeAnyAnswer_DoesNotResetTheLadder()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"));
        driver.Settle(driver.Grant(), PoolDriver.RateLimited());
        driver.Pass(1.1);

        driver.Settle(driver.Grant(), answered: false, tokens: 12);
        driver.Settle(driver.Grant(), PoolDriver.RateLimited());

        Assert.Equal(driver.Now.AddSeconds(2), driver.Account("a").AvailableAt);
    }

    [Fact]
    public void Settle_TokenRefused_IsOutUntilItsProbe_AndTheIntervalsDoubleUpToAnHour()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"));
        var interval = 10.0;
        for (var i = 0; i < 12; i++)
        {
            driver.Settle(driver.Grant(), PoolDriver.Unauthorized());
            var mark = Assert.Single(driver.Account("a").Marks);
            Assert.Equal((AccountState.Refused, driver.Now.AddSeconds(interval)), (driver.Account("a").State, mark.ProbeAt));
            driver.Pass(interval - 1);
            var rejected = driver.Reject(wait: 60);
            Assert.Equal((RejectReason.NoUsableAccount, TimeSpan.FromSeconds(1)), (rejected.Reason, rejected.RetryAfter));
            driver.Pass(1);
            interval = Math.Min(interval * 2, 3600);
        }

        driver.Settle(driver.Grant());
        Assert.Equal((AccountState.Ready, 0), (driver.Account("a").State, driver.Account("a").Marks.Length));
    }

    [Fact]
    public void Settle_TokenRefused_ResetOrANewTokenEndsItAtOnce()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"));
        driver.Settle(driver.Grant(), PoolDriver.Unauthorized());

        Assert.True(driver.Pool.Reset("a", driver.Now));
        Assert.False(driver.Pool.Reset("b", driver.Now));
        driver.Settle(driver.Grant(), PoolDriver.Unauthorized());
        driver.Define(PoolDriver.Account("a", token: "another"));

        Assert.Equal(AccountState.Ready, driver.Account("a").State);
        Assert.Equal("a", driver.Grant().Account);
    }

    [Fact]
    public void Settle_RefusalOfATokenReplacedMeanwhile_DoesNotCount()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"));
        var lease = driver.Grant();
        driver.Define(PoolDriver.Account("a", token: "another"));

        driver.Settle(lease, PoolDriver.Unauthorized());

        Assert.Equal(AccountState.Ready, driver.Account("a").State);
    }

    [Fact]
    public void Settle_Challenge_CoolsDownForAtLeastAMinute()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"));

        driver.Settle(driver.Grant(), new UpstreamFailure(FailureClass.Upstream, FailureReason.Challenge, 202, null, ""));

        Assert.Equal(driver.Now.AddMinutes(1), driver.Account("a").AvailableAt);
    }

    [Fact]
    public void Settle_WaitingRequestsThatCannotBeServedInTime_HearOfItSoon()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", new() { MaxConcurrent = 1 }));
        var lease = driver.Grant();
        var ticket = driver.Queue(wait: 60);

        driver.Settle(lease, PoolDriver.RateLimited(600));
        driver.Pass(1);

        var rejected = Assert.IsType<AcquireResult.Rejected>(driver.Pool.Ask(ticket, driver.Now));
        Assert.Equal((RejectReason.NoAccountInTime, TimeSpan.FromSeconds(599)), (rejected.Reason, rejected.RetryAfter));
    }
}
