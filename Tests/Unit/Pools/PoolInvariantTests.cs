using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools;
using FlowGpt.Tests.Unit.Pools.World;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Pools;

public sealed class PoolInvariantTests
{
    private static readonly AccountLimits[] Shapes =
    [
        new() { RequestsPerMinute = 3 },
        new() { RequestsPerMinute = 20, MaxConcurrent = 2 },
        new()
        {
            RequestsPerMinute = 5,
            RequestsPerHour = 12,
            RequestsPerDay = 40,
        },
        new() { TokensPerMinute = 1000 },
        new()
        {
            RequestsPerMinute = 10,
            TokensPerMinute = 1500,
            TokensPerDay = 9000,
            MaxConcurrent = 3,
        },
        new() { MaxConcurrent = 1 },
    ];

    [Property(MaxTest = 800, Arbitrary = [typeof(Histories)])]
    public void AnyHistory_NeverOverALimit(Step[] history, byte shape)
    {
        var world = WorldOf(shape);

        world.Run(history);
        world.Pass(TimeSpan.FromMinutes(5));

        Assert.Equal([], world.Violations.ToArray());
    }

    [Property(MaxTest = 150, Arbitrary = [typeof(Histories)])]
    public void AnyHistory_AfterTheTtl_LeasesAreCallsInFlight(Step[] history, byte shape)
    {
        var world = WorldOf(shape);

        world.Run(history);
        do
        {
            world.Pass(world.Options.LeaseTtl + TimeSpan.FromSeconds(1));
        } while (world.Now - world.LastDeath <= world.Options.LeaseTtl + TimeSpan.FromSeconds(1));

        world.RenewAll();
        Assert.Equal(world.Held, world.Pool.LeaseCount);
        Assert.Equal(world.Held, world.Pool.Accounts.ToArray().Sum(account => account.Leases));

        world.Pass(TimeSpan.FromMinutes(10));

        Assert.Equal(0, world.Held);
        Assert.Equal(0, world.Pool.LeaseCount);
        Assert.Equal(0, world.Pool.Queued);
        foreach (var account in world.Pool.Accounts)
        {
            Assert.Equal((0, 0, 0), (account.Leases, account.Meter.PendingRequests, account.Meter.PendingTokens));
        }
    }

    [Property(MaxTest = 150)]
    public Property CallerFailures_CostAnAccountNothing() =>
        Prop.ForAll(
            Histories.Steps(crashes: false, [Ending.CallerError, Ending.CancelledBeforeSending]).ToShrinkable(),
            history =>
            {
                var world = WorldOf(2);

                world.Run(history);

                foreach (var account in world.Pool.Snapshot(world.Now).Accounts)
                {
                    Assert.Equal(AccountState.Ready, account.State);
                    Assert.Null(account.AvailableAt);
                    Assert.Null(account.LastFailure);
                }

                Assert.False(world.Pool.Snapshot(world.Now).BreakerOpen);
            }
        );

    [Property(MaxTest = 150)]
    public Property CoolDowns_AreNeverShortened() =>
        Prop.ForAll(
            Histories.Steps(crashes: false, [Ending.RateLimited, Ending.RateLimitedWithRetryAfter, Ending.Success]).ToShrinkable(),
            history =>
            {
                var world = WorldOf(6);
                var until = new DateTimeOffset[world.Accounts.Accounts.Length];
                foreach (var step in history)
                {
                    world.Run([step]);
                    for (var i = 0; i < until.Length; i++)
                    {
                        var now = world.Pool.Accounts[i].Health.AvailableAt;
                        Assert.True(now >= until[i], "A cool-down was shortened.");
                        until[i] = now;
                    }
                }
            }
        );

    /// <summary>Use beyond an estimate cannot be undone, but counts: nothing more is granted until it leaves the window.</summary>
    [Property(MaxTest = 150)]
    public Property MoreThanEstimated_IsCounted() =>
        Prop.ForAll(
            Histories.Steps(crashes: false, [Ending.Success, Ending.CancelledAfterSending], mostShare: 400).ToShrinkable(),
            history =>
            {
                var limits = new AccountLimits { TokensPerDay = 20_000 };
                var world = new PoolWorld(null, PoolWorld.Account("a", limits), PoolWorld.Account("b", limits));

                world.Run(history);
                world.Pass(TimeSpan.FromMinutes(10));

                Assert.Equal(0, world.Held);
                foreach (var account in world.Pool.Snapshot(world.Now).Accounts)
                {
                    var used = world.Truth[account.Name].TokensIn(world.Now - TimeSpan.FromDays(1), world.Now);
                    Assert.InRange(account.Windows.Single().Used, used, long.MaxValue);
                }
            }
        );

    /// <summary>Half of the shapes are a large pool, which has the same guarantees with an index and incremental records.</summary>
    private static PoolWorld WorldOf(int shape) =>
        new(
            shape % 2 == 0 ? TokenPool.LargeFrom : 0,
            null,
            PoolWorld.Account("a", Shapes[shape / 2 % Shapes.Length]),
            PoolWorld.Account("b", Shapes[((shape / 2) + 1) % Shapes.Length])
        );
}
