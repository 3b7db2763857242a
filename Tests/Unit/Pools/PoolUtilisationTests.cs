using FlowGpt.Grains.Accounts;
using FlowGpt.Tests.Unit.Pools.World;

namespace FlowGpt.Tests.Unit.Pools;

public sealed class PoolUtilisationTests
{
    public static TheoryData<string, AccountLimits, int, int> Shapes =>
        new()
        {
            {
                "a few a minute",
                new() { RequestsPerMinute = 3 },
                60,
                1000
            },
            {
                "some a minute",
                new() { RequestsPerMinute = 20 },
                60,
                1000
            },
            {
                "some a minute, few at once",
                new() { RequestsPerMinute = 20, MaxConcurrent = 2 },
                60,
                1000
            },
            {
                "many a minute",
                new() { RequestsPerMinute = 1500 },
                60,
                100
            },
            {
                "an hour",
                new() { RequestsPerHour = 300 },
                3600,
                3000
            },
            {
                "a day",
                new() { RequestsPerDay = 2000 },
                86400,
                3000
            },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Saturated_Requests_AtLeast95PercentOfTheLimit(string shape, AccountLimits limits, int window, int callLength)
    {
        const int Windows = 5;
        var world = Saturate(limits, TimeSpan.FromSeconds(window * Windows), tokens: 0, callLength);
        var limit = limits.RequestsPerMinute ?? limits.RequestsPerHour ?? limits.RequestsPerDay;

        var used = world.Truth["a"].ArrivedIn(PoolWorld.Start, PoolWorld.Start.AddSeconds(window * Windows));

        Assert.Empty(world.Violations);
        Assert.True(used >= 0.95 * limit * Windows, $"{shape}: {used} of {limit * Windows}");
    }

    [Theory]
    [InlineData(10_000, 100, 1000)]
    [InlineData(100_000, 400, 8000)]
    public void Saturated_Tokens_AtLeast95PercentOfTheLimit(int limit, int tokens, int callLength)
    {
        const int Windows = 6;
        var world = Saturate(new() { TokensPerMinute = limit }, TimeSpan.FromMinutes(Windows), tokens, callLength);

        var used = world.Truth["a"].TokensIn(PoolWorld.Start, PoolWorld.Start.AddMinutes(Windows));

        Assert.Empty(world.Violations);
        Assert.True(used >= 0.95 * limit * Windows, $"{used} of {limit * Windows}");
    }

    [Fact]
    public void Saturated_StorageIsWrittenForBlocks_NotForGrants()
    {
        var world = Saturate(new() { RequestsPerMinute = 1500 }, TimeSpan.FromMinutes(3), tokens: 0, callLength: 100);

        Assert.InRange(world.Writes, 1, world.Truth["a"].Arrivals / 20);
    }

    [Fact]
    public void NoWindows_StorageIsNotWritten()
    {
        var world = Saturate(new() { MaxConcurrent = 5 }, TimeSpan.FromMinutes(1), tokens: 0, callLength: 100);

        Assert.True(world.Truth["a"].Arrivals > 1000);
        Assert.Equal(0, world.Writes);
    }

    /// <summary>Keeps forty requests waiting or running, all the time.</summary>
    private static PoolWorld Saturate(AccountLimits limits, TimeSpan time, int tokens, int callLength)
    {
        var world = new PoolWorld(null, PoolWorld.Account("a", limits));
        var fate = new Fate(Ending.Success, 20, callLength / 4, callLength, 100);
        var longestWait = (int)TimeSpan.FromDays(7).TotalMilliseconds;
        world.Ended = key => world.Ask(new Step.Ask(key, tokens, longestWait, fate));
        for (var i = 0; i < 40; i++)
        {
            world.Ask(new Step.Ask(i % 3, tokens, longestWait, fate));
        }

        world.Pass(time);
        return world;
    }
}
