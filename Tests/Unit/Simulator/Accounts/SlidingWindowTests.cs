using FlowGpt.Simulator.Accounts;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Simulator.Accounts;

public sealed class SlidingWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Property]
    public Property Used_AnyHistory_EqualsTheSumOverTheLastMinute(ushort[] gaps, byte[] amounts)
    {
        var window = new SlidingWindow(100, Minute);
        var uses = new List<(DateTimeOffset At, long Amount)>();
        var now = Start;
        for (var i = 0; i < Math.Min(gaps.Length, amounts.Length); i++)
        {
            now += TimeSpan.FromMilliseconds(gaps[i]);
            uses.Add((now, amounts[i]));
            window.Add(now, now, amounts[i]);
        }

        return (window.Used(now) == uses.Where(use => use.At > now - Minute).Sum(use => use.Amount)).ToProperty();
    }

    [Property]
    public Property UntilFree_AnyHistory_IsTheFirstInstantWithRoom(ushort[] gaps)
    {
        var window = new SlidingWindow(3, Minute);
        var now = Start;
        foreach (var gap in gaps)
        {
            now += TimeSpan.FromMilliseconds(gap);
            window.Add(now, now, 1);
        }

        var free = now + window.UntilFree(now, 1);
        var before = free == now || window.Used(free - TimeSpan.FromTicks(1)) + 1 > 3;
        return (before && window.Used(free) + 1 <= 3).ToProperty();
    }

    [Fact]
    public void Used_AtTheEndOfTheWindow_HasForgottenTheUse()
    {
        var window = new SlidingWindow(10, Minute);
        window.Add(Start, Start, 4);

        Assert.Equal(4, window.Used(Start + Minute - TimeSpan.FromTicks(1)));
        Assert.Equal(0, window.Used(Start + Minute));
    }

    [Fact]
    public void Add_ForAnEarlierInstant_ExpiresWithThatInstant()
    {
        var window = new SlidingWindow(10, Minute);
        window.Add(Start.AddSeconds(10), Start.AddSeconds(10), 1);

        window.Add(Start, Start.AddSeconds(20), 5);

        Assert.Equal(6, window.Used(Start.AddSeconds(20)));
        Assert.Equal(1, window.Used(Start + Minute));
    }

    [Fact]
    public void Add_FarMoreThanTheLimit_KeepsMemoryBoundedAndNeverCountsTooMuch()
    {
        var window = new SlidingWindow(10, Minute);
        var now = Start;
        for (var i = 0; i < 400_000; i++)
        {
            now += TimeSpan.FromTicks(1_000);
            window.Add(now, now, 1);
        }

        Assert.InRange(window.Entries, 1, SlidingWindow.ExactEntries + 1_001);
        Assert.Equal(400_000, window.Used(now));
        Assert.Equal(0, window.Used(now + Minute));
    }
}
