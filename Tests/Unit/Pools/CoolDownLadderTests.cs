using FlowGpt.Grains.Pools.Health;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Pools;

public sealed class CoolDownLadderTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Fail_WaveAfterWave_DoublesUpToTheMost()
    {
        var ladder = Ladder();
        var waits = new List<double>();
        var now = Start;
        for (var i = 0; i < 8; i++)
        {
            ladder.Fail(now, now.AddSeconds(1), null);
            waits.Add((ladder.Until - now.AddSeconds(1)).TotalSeconds);
            now = ladder.Until.AddSeconds(1);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], waits);
    }

    [Property]
    public void Fail_ManyOfOneWave_OneStep(byte more)
    {
        var ladder = Ladder();
        ladder.Fail(Start, Start.AddSeconds(5), null);

        for (var i = 0; i < more; i++)
        {
            ladder.Fail(Start.AddSeconds(4), Start.AddSeconds(5 + i), null);
        }

        Assert.Equal(1, ladder.Step);
        Assert.Equal(Start.AddSeconds(6), ladder.Until);
    }

    [Fact]
    public void Fail_RetryAfter_ReplacesTheLadder_ButNeverShortens()
    {
        var ladder = Ladder();
        ladder.Fail(Start, Start, TimeSpan.FromSeconds(90));
        ladder.Fail(Start, Start.AddSeconds(1), TimeSpan.FromSeconds(10));

        Assert.Equal(Start.AddSeconds(90), ladder.Until);
        Assert.Equal(0, ladder.Step);
    }

    [Fact]
    public void Fail_LaterOfTheWaveAsksLonger_IsObeyed()
    {
        var ladder = Ladder();
        ladder.Fail(Start, Start, null);
        ladder.Fail(Start, Start, TimeSpan.FromSeconds(40));

        Assert.Equal(Start.AddSeconds(40), ladder.Until);
    }

    [Fact]
    public void Succeed_CallGrantedAfterTheWave_StartsAnew_OneFromBefore_DoesNot()
    {
        var ladder = Ladder();
        ladder.Fail(Start, Start.AddSeconds(1), null);

        ladder.Succeed(Start);
        Assert.Equal(1, ladder.Step);

        ladder.Succeed(Start.AddSeconds(3));
        Assert.Equal(0, ladder.Step);
    }

    [Fact]
    public void Uncharge_WaveSinceThen_IsTakenBack_AnEarlierOneStays()
    {
        var ladder = Ladder();
        ladder.Fail(Start, Start, TimeSpan.FromSeconds(30));
        ladder.Fail(Start.AddSeconds(20), Start.AddSeconds(20), TimeSpan.FromSeconds(300));

        ladder.Uncharge(Start.AddSeconds(10));
        Assert.Equal(Start.AddSeconds(30), ladder.Until);

        ladder.Uncharge(Start.AddSeconds(25));
        Assert.Equal(Start.AddSeconds(30), ladder.Until);
    }

    private static CoolDownLadder Ladder() => new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
}
