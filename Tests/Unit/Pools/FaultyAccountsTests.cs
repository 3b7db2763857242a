using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Tests.Unit.Pools;

/// <summary>Accounts that are out for faults are no limit of the client's: its error says that no account can serve, and when one can again.</summary>
public sealed class FaultyAccountsTests
{
    private static readonly UpstreamFailure Challenge = new(FailureClass.Upstream, FailureReason.Challenge, 202, null, "");

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void AllCoolDownAfterFailures_NoUsableAccount_WithTheTime(double wait)
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"), PoolDriver.Account("b") with { Enabled = false });
        driver.Settle(driver.Grant(), Challenge);

        var rejected = driver.Reject(wait: wait);

        Assert.Equal((RejectReason.NoUsableAccount, TimeSpan.FromMinutes(1)), (rejected.Reason, rejected.RetryAfter));
    }

    [Fact]
    public void OneCoolsDownAfterAFailure_AnotherIsAtItsLimit_NoAccountInTime()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"), PoolDriver.Account("b", new() { MaxConcurrent = 1 }));
        var (first, second) = (driver.Grant(), driver.Grant());
        driver.Settle(first.Account == "a" ? first : second, Challenge);

        Assert.Equal(RejectReason.NoAccountInTime, driver.Reject().Reason);
    }

    [Fact]
    public void AfterA429_NoAccountInTime_UntilAFailureRestsTheAccountForLonger()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"));
        var (limited, failing) = (driver.Grant(), driver.Grant());
        driver.Settle(limited, PoolDriver.RateLimited(20));
        Assert.Equal(RejectReason.NoAccountInTime, driver.Reject().Reason);

        driver.Settle(failing, Challenge);

        Assert.Equal(RejectReason.NoUsableAccount, driver.Reject().Reason);
    }

    [Fact]
    public void QueueIsFull_AllCoolDownForAMoment_NoUsableAccount()
    {
        var driver = new PoolDriver(new() { QueueLength = 1 }, PoolDriver.Account("a"));
        driver.Settle(driver.Grant(), PoolDriver.ServerError());
        driver.Queue(wait: 60);

        Assert.Equal(RejectReason.NoUsableAccount, driver.Reject(wait: 60).Reason);
    }
}
