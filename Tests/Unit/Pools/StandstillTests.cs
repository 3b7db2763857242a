using FlowGpt.Grains.Pools;

namespace FlowGpt.Tests.Unit.Pools;

public sealed class StandstillTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void IsNoticed_OnlyAfterALongerPauseThanAllowed()
    {
        var standstill = new Standstill();

        Assert.False(standstill.IsNoticed(Start));
        Assert.False(standstill.IsNoticed(Start + Standstill.Longest));
        Assert.True(standstill.IsNoticed(Start + (2 * Standstill.Longest) + TimeSpan.FromMilliseconds(1)));
        Assert.False(standstill.IsNoticed(Start + (2 * Standstill.Longest) + TimeSpan.FromMilliseconds(2)));
    }
}
