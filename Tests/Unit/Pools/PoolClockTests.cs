using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools;
using FlowGpt.Tests.Unit.Pools.World;

namespace FlowGpt.Tests.Unit.Pools;

/// <summary>A wall clock that is set while a pool is active, and between two of its activations.</summary>
public sealed class PoolClockTests
{
    [Theory]
    [InlineData(-0.5)]
    [InlineData(-30)]
    public void Restore_ByAClockThatWasSetBack_FreezesNoAccount(double hours)
    {
        var limited = PoolDriver.Account("a", new AccountLimits { RequestsPerMinute = 1 });
        var before = new PoolDriver(null, limited, PoolDriver.Account("b"));
        before.Settle(before.Grant(excluded: ["b"]));
        before.Settle(before.Grant(excluded: ["a"]), PoolDriver.RateLimited(600));

        var after = new PoolDriver(before.Stored, null, TimeSpan.FromHours(hours), 2, limited, PoolDriver.Account("b"));

        after.Reject(excluded: ["b"]);
        Assert.Equal(AccountState.CoolingDown, after.Account("b").State);
        // The earlier activation may still use the block that was reserved ahead.
        after.Pass(60 + new PoolOptions().ReserveValidity.TotalSeconds + 30);
        after.Settle(after.Grant(excluded: ["b"]));
        after.Pass(600);
        Assert.Equal(AccountState.Ready, after.Account("b").State);
    }

    /// <summary>Records of earlier versions do not say when they were made.</summary>
    [Fact]
    public void Restore_OfARecordWithoutItsTime_FreezesNoAccount()
    {
        var limited = PoolDriver.Account("a", new AccountLimits { RequestsPerMinute = 1 });
        var before = new PoolDriver(null, limited);
        before.Settle(before.Grant());

        var after = new PoolDriver(before.Stored with { At = default }, null, TimeSpan.FromHours(-30), 2, limited);

        after.Reject();
        after.Pass(60 + new PoolOptions().ReserveValidity.TotalSeconds + 30);
        after.Settle(after.Grant());
    }

    [Fact]
    public void Restore_OfAnAccountRemovedLongAgo_ForgetsItUnlessTheClockMayBeWrong()
    {
        var (a, b) = (PoolDriver.Account("a"), PoolDriver.Account("b", new AccountLimits { RequestsPerMinute = 100 }));
        var driver = new PoolDriver(null, a, b);
        driver.Settle(driver.Grant(excluded: ["b"]), PoolDriver.RateLimited(600));
        var stored = driver.Pool.Close(driver.Now)!;

        bool Keeps(double days)
        {
            var next = new PoolDriver(stored, null, TimeSpan.FromDays(days), 2, b);
            stored = next.Pool.Close(next.Now)!;
            return stored.Accounts.Any(static account => account.Name == "a");
        }

        Assert.True(Keeps(1));
        Assert.True(Keeps(500));
        stored = stored with { At = PoolWorld.Start.AddDays(1) };
        Assert.True(Keeps(25));
        Assert.True(Keeps(50));
        Assert.True(Keeps(75));
        Assert.False(Keeps(95));
    }

    [Fact]
    public void Acquire_WallClockStepsBeyondATokensDate_UsesTheTokenNoMore()
    {
        var account = PoolDriver.Account("a");
        var driver = new PoolDriver(null, account);
        driver.Define(account with { TokenExpires = driver.Now + TimeSpan.FromHours(2) });
        driver.Settle(driver.Grant());

        driver.Pool.Calendar.Ahead = TimeSpan.FromHours(3);

        driver.Reject();
        Assert.Equal(AccountState.Expired, driver.Account("a").State);
    }
}
