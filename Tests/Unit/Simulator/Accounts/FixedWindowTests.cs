using FlowGpt.Simulator.Accounts;

namespace FlowGpt.Tests.Unit.Simulator.Accounts;

public sealed class FixedWindowTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Used_AcrossTheFullMinute_StartsAgain()
    {
        var window = new FixedWindow(2, TimeSpan.FromMinutes(1));
        window.Add(Start.AddSeconds(58), Start.AddSeconds(58), 1);
        window.Add(Start.AddSeconds(59), Start.AddSeconds(59), 1);

        Assert.Equal(2, window.Used(Start.AddSeconds(59.999)));
        Assert.Equal(TimeSpan.FromSeconds(1), window.UntilFree(Start.AddSeconds(59), 1));
        Assert.Equal(0, window.Used(Start.AddSeconds(60)));
        Assert.Equal(TimeSpan.Zero, window.UntilFree(Start.AddSeconds(60), 1));
    }

    [Fact]
    public void Add_ForAnEarlierWindow_DoesNotCountInThisOne()
    {
        var window = new FixedWindow(2, TimeSpan.FromMinutes(1));

        window.Add(Start.AddSeconds(59), Start.AddSeconds(61), 5);

        Assert.Equal(0, window.Used(Start.AddSeconds(61)));
    }
}
