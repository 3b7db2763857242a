using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Tests.Unit.Pools.World;

namespace FlowGpt.Tests.Unit.Pools;

public sealed class TokenPoolTopUpTests
{
    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(long.MaxValue)]
    public void Acquire_AbsurdMaximum_ReservesOneBlock(long most)
    {
        var pool = Pool(tokensPerMinute: 10_000);

        Assert.Equal(2148, Grant(pool, 100, most).Tokens);
        Assert.Equal(2148, Used(pool));
    }

    [Fact]
    public void Acquire_AbsurdPrompt_IsRejectedAndCountsNothing()
    {
        var pool = Pool(tokensPerMinute: 10_000);

        Assert.Equal(
            RejectReason.LargerThanAnyLimit,
            Assert.IsType<AcquireResult.Rejected>(pool.AcquireReply(long.MaxValue, long.MaxValue)).Reason
        );
        Assert.Equal(0, Used(pool));
        Grant(pool, 100, 100);
    }

    [Fact]
    public void Acquire_LimitSmallerThanABlock_ReservesAllOfIt()
    {
        var pool = Pool(tokensPerMinute: 1000);

        Assert.Equal(1000, Grant(pool, 900, null).Tokens);
    }

    [Fact]
    public void Acquire_NoRoomForABlock_Waits()
    {
        var pool = Pool(tokensPerMinute: 4000);
        Grant(pool, 100, null);

        Assert.IsType<AcquireResult.Queued>(pool.AcquireReply(100, null, wait: 100));
    }

    [Fact]
    public void TopUp_GivesWhatIsFree_AndNothingWhenAllIsUsed()
    {
        var pool = Pool(tokensPerMinute: 5000);
        var lease = Grant(pool, 100, null);

        Assert.Equal(4196, TopUp(pool, lease, lease.Tokens, used: 1000, upTo: 4196));
        Assert.Equal(5000, TopUp(pool, lease, 4196, used: 4000, upTo: 6244));
        Assert.Equal(5000, TopUp(pool, lease, 5000, used: 5000, upTo: 7000));
        Assert.Equal(5000, Used(pool));
    }

    [Fact]
    public void TopUp_AskedTwice_CountsOnce()
    {
        var pool = Pool(tokensPerMinute: 10_000);
        var lease = Grant(pool, 100, null);

        TopUp(pool, lease, lease.Tokens, used: 1000, upTo: 4196);
        TopUp(pool, lease, lease.Tokens, used: 1000, upTo: 4196);

        Assert.Equal(4196, Used(pool));
    }

    [Fact]
    public void Settle_AfterTopUps_LeavesWhatWasUsed()
    {
        var pool = Pool(tokensPerMinute: 10_000);
        var lease = Grant(pool, 100, null);
        TopUp(pool, lease, lease.Tokens, used: 2000, upTo: 4196);
        pool.Pass(20);

        pool.Settle(lease, tokens: 2500);

        Assert.Equal(2500, Used(pool));
        pool.Pass(41);
        Assert.Equal(500, Used(pool));
        pool.Pass(20);
        Assert.Equal(0, Used(pool));
    }

    [Fact]
    public void Settle_MoreThanReserved_CarriesTheExcessIntoTheTimeFromNowOn()
    {
        var pool = Pool(tokensPerMinute: 3000);
        var lease = Grant(pool, 100, 140);
        pool.Pool.Renew([Held(lease, lease.Tokens, 0)], pool.Now);
        pool.Pass(50);

        pool.Settle(lease, tokens: 4936);

        Assert.IsType<AcquireResult.Rejected>(pool.AcquireReply(100, 0));
        pool.Pass(12);
        Assert.Equal(4936 - 240, Used(pool));
        pool.Pass(50);
        Assert.Equal(0, Used(pool));
    }

    [Fact]
    public void TopUp_OfALeaseThatThePoolDoesNotKnow_TakesItOver()
    {
        var pool = Pool(tokensPerMinute: 10_000);
        var held = new HeldLease(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), "a", "silo", 3000, TimeSpan.FromSeconds(1))
        {
            Used = 2900,
        };

        while (pool.Pool.TopUp(held, 5000, pool.Now) is null)
        {
            pool.Write();
        }

        Assert.Equal(1, pool.Pool.LeaseCount);
        Assert.True(Used(pool) >= 2000);
    }

    [Fact]
    public void TopUp_StorageFails_GivesWhatIsNoted()
    {
        var pool = Pool(tokensPerMinute: 100_000);
        var lease = Grant(pool, 100, null);
        Assert.Null(pool.Pool.TopUp(Held(lease, lease.Tokens, 1000), 90_000, pool.Now));
        pool.Pool.BeginWrite(pool.Now);
        pool.Pool.EndWrite(succeeded: false, pool.Now);

        var total = pool.Pool.TopUp(Held(lease, lease.Tokens, 1000), 90_000, pool.Now);

        Assert.InRange(total!.Value, lease.Tokens, 20_000);
    }

    [Fact]
    public void Acquire_LimitIsOnlyReserved_WaitsInTheQueue()
    {
        var pool = new PoolDriver(null, PoolWorld.Account("a", AccountLimits.None with { TokensPerDay = 10_000 }));
        var lease = Grant(pool, 8000, null);

        var queued = Assert.IsType<AcquireResult.Queued>(pool.AcquireReply(1000, 1000, wait: 5));
        pool.Settle(lease, tokens: 100);

        Assert.IsType<AcquireResult.Granted>(pool.Pool.Ask(queued.Ticket, pool.Now));
    }

    [Fact]
    public void Acquire_LimitIsUsed_IsRejectedAtOnceUntilItFrees()
    {
        var pool = new PoolDriver(null, PoolWorld.Account("a", AccountLimits.None with { TokensPerDay = 10_000 }));
        pool.Settle(Grant(pool, 8000, null), tokens: 9000);

        var rejected = Assert.IsType<AcquireResult.Rejected>(pool.AcquireReply(1000, 1000, wait: 5));

        Assert.InRange(rejected.RetryAfter!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(25));
    }

    private static PoolDriver Pool(int tokensPerMinute) =>
        new(null, PoolWorld.Account("a", AccountLimits.None with { TokensPerMinute = tokensPerMinute }));

    private static Lease Grant(PoolDriver pool, long prompt, long? most) =>
        Assert.IsType<AcquireResult.Granted>(pool.AcquireReply(prompt, most)).Lease;

    private static long TopUp(PoolDriver pool, Lease lease, long reserved, long used, long upTo)
    {
        long? total;
        while ((total = pool.Pool.TopUp(Held(lease, reserved, used), upTo, pool.Now)) is null)
        {
            pool.Write();
        }

        return total.Value;
    }

    private static HeldLease Held(Lease lease, long reserved, long used) =>
        new(lease.Id, lease.Account, "silo", reserved, TimeSpan.Zero) { Used = used };

    private static long Used(PoolDriver pool) => pool.Pool.Snapshot(pool.Now).Accounts[0].Windows[0].Used;
}
