using FlowGpt.Grains.Reservations;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Reservations;

public sealed class RateWindowTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(nameof(WindowKind.RequestsPerMinute), 5)]
    [InlineData(nameof(WindowKind.RequestsPerMinute), 5000)]
    [InlineData(nameof(WindowKind.RequestsPerDay), 5000)]
    [InlineData(nameof(WindowKind.TokensPerMinute), 5)]
    public void Placed_WithinTheWindow_Counts_AndLeavesSoonAfter(string name, long limit)
    {
        var kind = Enum.Parse<WindowKind>(name);
        var window = new RateWindow(kind, limit, 0.001);
        window.Add(Start, 3);

        Assert.Equal(3, window.Placed(Start + kind.Length()));
        Assert.Equal(0, window.Placed(Start + (kind.Length() * 1.008)));
    }

    [Fact]
    public void Export_ManyOldAndOneNew_MovesNothingFar()
    {
        var window = new RateWindow(WindowKind.RequestsPerDay, 1000, 0);
        var start = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < 300; i++)
        {
            window.Add(start + TimeSpan.FromMinutes(i), 1);
        }

        window.Add(start + TimeSpan.FromHours(20), 1);

        var uses = window.Export(start + TimeSpan.FromHours(20), 48);
        Assert.InRange(uses.Count, 2, 49);
        Assert.Equal(300, uses.Where(use => use.At <= start + TimeSpan.FromMinutes(340)).Sum(use => use.Amount));
    }

    [Property(MaxTest = 300)]
    public void Placed_AnyUses_NeverLessThanAnExactCount_AndGoneAHundredthLater(int[] gaps, bool large)
    {
        var window = new RateWindow(WindowKind.RequestsPerMinute, large ? 100_000 : 100, 0.001);
        var uses = new List<DateTimeOffset>();
        var now = Start;
        foreach (var gap in gaps)
        {
            now += TimeSpan.FromMilliseconds(Math.Abs(gap % 9000));

            // Out of order, as the ends of calls are.
            var at = now + TimeSpan.FromMilliseconds(gap % 3000);
            uses.Add(at);
            window.Add(at, 1);

            var exact = uses.Count(use => use > now - TimeSpan.FromMinutes(1));
            var tolerant = uses.Count(use => use > now - TimeSpan.FromSeconds(60.6));
            Assert.InRange(window.Placed(now), exact, tolerant);
        }
    }

    [Property(MaxTest = 300)]
    public void FreeAt_ExcessAmount_IsTheFirstInstantItHasLeft(byte[] amounts, byte excess)
    {
        var window = new RateWindow(WindowKind.TokensPerMinute, 100_000, 0);
        for (var i = 0; i < amounts.Length; i++)
        {
            window.Add(Start.AddSeconds(i), amounts[i]);
        }

        var total = window.Placed(Start.AddSeconds(30));
        var placed = window.Placed(Start.AddSeconds(30));
        var freeAt = window.FreeAt(excess + 1);

        if (freeAt is null)
        {
            Assert.True(placed < excess + 1);
        }
        else
        {
            Assert.True(window.Placed(freeAt.Value - TimeSpan.FromTicks(2)) > total - (excess + 1));
            Assert.True(window.Placed(freeAt.Value) <= total - (excess + 1));
        }
    }

    [Fact]
    public void Adjust_EntryInTheLog_ChangesIt_NeverBelowZero()
    {
        var window = new RateWindow(WindowKind.TokensPerMinute, 1000, 0);
        window.Add(Start, 100);

        window.Adjust(Start, -30);
        Assert.Equal(70, window.Placed(Start));

        window.Adjust(Start, -500);
        Assert.Equal(0, window.Placed(Start));

        window.Adjust(Start.AddSeconds(5), 9);
        Assert.Equal(0, window.Placed(Start));
    }

    [Property(MaxTest = 200)]
    public void Export_Merged_NeverCountsLessAtAnyTime(byte[] gaps, byte most)
    {
        var window = new RateWindow(WindowKind.RequestsPerMinute, 1000, 0);
        var copy = new RateWindow(WindowKind.RequestsPerMinute, 1000, 0);
        var now = Start;
        foreach (var gap in gaps)
        {
            now += TimeSpan.FromMilliseconds(gap * 10);
            window.Add(now, 1);
        }

        foreach (var use in window.Export(now, (most % 20) + 1))
        {
            copy.Add(use.At, use.Amount);
        }

        for (var i = 0; i < 80; i++)
        {
            now += TimeSpan.FromSeconds(1);
            Assert.True(copy.Placed(now) >= window.Placed(now));
        }
    }
}
