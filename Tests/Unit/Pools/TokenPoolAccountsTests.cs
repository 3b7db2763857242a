using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.Tests.Unit.Pools;

public sealed class TokenPoolAccountsTests
{
    private static readonly AccountLimits Two = new() { RequestsPerMinute = 2 };

    [Fact]
    public void SetAccounts_RemovedWithLeasesInFlight_TheyGoOn_NothingNewIsGranted()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", Two), PoolDriver.Account("b"));
        var lease = driver.Grant(affinity: "a");

        driver.Define(PoolDriver.Account("b"));

        Assert.Equal("b", driver.Grant(affinity: "a").Account);
        Assert.Empty(driver.Pool.Renew([new(lease.Id, "a", "silo", 0)], driver.Now));
        driver.Settle(lease);
        Assert.Equal(1, driver.Pool.LeaseCount);
    }

    [Fact]
    public void SetAccounts_RemovedAndBack_UseStaysCounted()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", Two));
        driver.Settle(driver.Grant());
        driver.Define();
        driver.Define(PoolDriver.Account("a", Two));

        Assert.Equal(1, driver.Account("a").Windows[0].Used);
    }

    [Fact]
    public void SetAccounts_Renamed_UseFollowsTheToken()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", Two, token: "t"));
        driver.Settle(driver.Grant());

        driver.Define(PoolDriver.Account("renamed", Two, token: "t"));

        Assert.Equal(1, driver.Account("renamed").Windows[0].Used);
    }

    [Fact]
    public void SetAccounts_TokensSwapped_UseFollowsTheTokens()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", Two, token: "t1"), PoolDriver.Account("b", Two, token: "t2"));
        driver.Settle(driver.Grant(affinity: "a"));

        driver.Define(PoolDriver.Account("a", Two, token: "t2"), PoolDriver.Account("b", Two, token: "t1"));

        Assert.Equal((0, 1), (driver.Account("a").Windows[0].Used, driver.Account("b").Windows[0].Used));
    }

    [Fact]
    public void SetAccounts_LimitLowered_HoldsAtOnce_LimitAdded_KnowsThePast()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", new() { RequestsPerMinute = 10 }));
        for (var i = 0; i < 4; i++)
        {
            driver.Settle(driver.Grant());
        }

        driver.Define(PoolDriver.Account("a", new() { RequestsPerMinute = 3, RequestsPerHour = 6 }));

        Assert.Equal([4L, 4L], driver.Account("a").Windows.Select(window => window.Used));
        Assert.Equal(RejectReason.NoAccountInTime, driver.Reject().Reason);
    }

    [Fact]
    public void SetAccounts_Added_ServesThoseThatWait()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a", new() { MaxConcurrent = 1 }));
        driver.Grant();
        var ticket = driver.Queue();

        driver.Define(PoolDriver.Account("a", new() { MaxConcurrent = 1 }), PoolDriver.Account("b"));

        Assert.Equal("b", Assert.IsType<AcquireResult.Granted>(driver.Pool.Ask(ticket, driver.Now)).Lease.Account);
    }

    [Fact]
    public void Acquire_ExpiredOrDisabled_IsSkipped()
    {
        var driver = new PoolDriver(null, PoolDriver.Account("a"));
        driver.Define(
            PoolDriver.Account("a") with
            {
                TokenExpires = driver.Now.AddSeconds(5),
            },
            PoolDriver.Account("b") with
            {
                Enabled = false,
            }
        );
        Assert.Equal("a", driver.Grant().Account);

        driver.Pass(5);

        Assert.Equal(RejectReason.NoUsableAccount, driver.Reject(wait: 60).Reason);
        Assert.Equal((AccountState.Expired, AccountState.Disabled), (driver.Account("a").State, driver.Account("b").State));
        Assert.Equal(["a: token expired", "b: disabled"], driver.Pool.Decisions[0].Skipped);
    }

    [Fact]
    public void Restore_WhatWasStored_IsKept_NoTokenIsStored()
    {
        var account = PoolDriver.Account("a", new() { RequestsPerDay = 10 }) with { Generated = ["made"] };
        var before = new PoolDriver(null, account, PoolDriver.Account("b"));
        before.Settle(before.Grant(affinity: "a"), PoolDriver.RateLimited(600));
        before.Settle(before.Grant(affinity: "b"), PoolDriver.Unauthorized());
        var made = before.Pool.Accounts[0].Credential()["made"];

        var after = new PoolDriver(before.Stored, null, account, PoolDriver.Account("b"));

        Assert.StartsWith("generated-made-", made, StringComparison.Ordinal);
        Assert.Equal(made, after.Pool.Accounts[0].Credential()["made"]);
        Assert.Equal((AccountState.CoolingDown, AccountState.Refused), (after.Account("a").State, after.Account("b").State));
        Assert.InRange(after.Account("a").Windows[0].Used, 1, 3);
        Assert.DoesNotContain("token-of", System.Text.Json.JsonSerializer.Serialize(before.Stored));

        var replaced = new PoolDriver(before.Stored, null, account, PoolDriver.Account("b", token: "another"));
        Assert.Equal(AccountState.Ready, replaced.Account("b").State);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(1000)]
    public void Restore_AfterACrash_CostsAtMostATenthOfALimit(int limit)
    {
        var account = PoolDriver.Account("a", new() { RequestsPerDay = limit });
        var before = new PoolDriver(null, account);
        for (var i = 0; i < limit / 2; i++)
        {
            before.Settle(before.Grant());
        }

        var after = new PoolDriver(before.Stored, null, account);

        Assert.InRange(after.Account("a").Windows[0].Used, limit / 2, (limit / 2) + Math.Max(2, (limit / 10) + 1));
    }

    [Fact]
    public void Close_ThenRestore_IsExact_WithItsLeases()
    {
        var account = PoolDriver.Account("a", new() { RequestsPerMinute = 10, MaxConcurrent = 2 });
        var before = new PoolDriver(null, account);
        before.Settle(before.Grant());
        var held = before.Grant();

        var after = new PoolDriver(before.Pool.Close(before.Now)!, null, account);

        Assert.Equal((1, 2L), (after.Account("a").Leases, after.Account("a").Windows[0].Used));
        after.Settle(held);
        Assert.Equal((0, 2L), (after.Account("a").Leases, after.Account("a").Windows[0].Used));
    }
}
