using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools;
using FlowGpt.Tests.Unit.Pools.World;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Pools;

public sealed class PoolFairnessTests
{
    private static readonly Fate Quick = new(Ending.Success, 5, 5, 100, 100);
    private static readonly int LongestWait = (int)TimeSpan.FromHours(10).TotalMilliseconds;

    [Property(MaxTest = 50)]
    public void TwoKeys_OneFloods_TheOtherGetsEverySecondGrant(byte flood, byte limit)
    {
        var world = new PoolWorld(null, PoolWorld.Account("a", new() { MaxConcurrent = (limit % 4) + 1 }));
        world.Ended = key => world.Ask(new Step.Ask(key, 0, LongestWait, Quick));
        for (var i = 0; i < 20 + flood; i++)
        {
            world.Ask(new Step.Ask(0, 0, LongestWait, Quick));
        }

        for (var i = 0; i < 8; i++)
        {
            world.Ask(new Step.Ask(1, 0, LongestWait, Quick));
        }

        world.Pass(TimeSpan.FromSeconds(5));
        var before = (world.GrantsByKey[0], world.GrantsByKey[1]);
        world.Pass(TimeSpan.FromSeconds(60));

        var (a, b) = (world.GrantsByKey[0] - before.Item1, world.GrantsByKey[1] - before.Item2);
        Assert.InRange(b, 0.45 * (a + b), 0.55 * (a + b));
    }

    [Fact]
    public void Full_KeyWithShorterLine_PushesOutTheNewestOfTheLongest()
    {
        var world = new PoolWorld(new PoolOptions { QueueLength = 4 }, PoolWorld.Account("a", new AccountLimits { MaxConcurrent = 1 }));
        var endless = Quick with { Length = 60_000 };
        for (var i = 0; i < 5; i++)
        {
            world.Ask(new Step.Ask(0, 0, 30_000, endless));
        }

        var sixth = world.Ask(new Step.Ask(0, 0, 30_000, endless));
        var other = world.Ask(new Step.Ask(1, 0, 30_000, endless));

        Assert.Equal(RejectReason.QueueFull, Assert.IsType<AcquireResult.Rejected>(sixth).Reason);
        Assert.Equal(1, Assert.IsType<AcquireResult.Queued>(other).Position);
        Assert.Equal(4, world.Pool.Queued);
        Assert.Equal([RejectReason.QueueFull, RejectReason.QueueFull], world.Rejections.Select(r => r.Reason));
    }

    [Fact]
    public void LargeRequest_AmongMany_Small_IsServed()
    {
        var world = new PoolWorld(null, PoolWorld.Account("a", new() { TokensPerMinute = 1000 }));
        world.Ended = key => world.Ask(new Step.Ask(key, key == 0 ? 10 : 900, LongestWait, Quick));
        for (var i = 0; i < 150; i++)
        {
            world.Ask(new Step.Ask(0, 10, LongestWait, Quick));
        }

        world.Ask(new Step.Ask(1, 900, LongestWait, Quick));
        world.Pass(TimeSpan.FromMinutes(20));

        Assert.True(world.GrantsByKey.GetValueOrDefault(1) >= 3, "The large request starved.");
        Assert.True(world.GrantsByKey[0] > 100, "The large request starved the small ones.");
        Assert.Empty(world.Violations);
    }
}
