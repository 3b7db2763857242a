using FlowGpt.Silo.Storage;

namespace FlowGpt.Tests.Unit.Storage;

public sealed class ClockTrustTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, true)]
    [InlineData(29, true)]
    [InlineData(-500, true)]
    [InlineData(31, false)]
    [InlineData(500, false)]
    public void Believes_AStart_UnlessTheClockIsFarBeyondTheNewestRecord(double days, bool believed) =>
        Assert.Equal(believed, new ClockTrust(Now).Believes(Now.AddDays(days), TimeSpan.Zero));

    [Fact]
    public void Believes_WithoutRecords_Always() => Assert.True(new ClockTrust(null).Believes(Now, TimeSpan.Zero));

    [Fact]
    public void Believes_AClockThatJumps_OnlyAfterAWeekOfRunningWithIt()
    {
        var trust = new ClockTrust(Now);
        Assert.True(trust.Believes(Now, TimeSpan.Zero));

        Assert.False(trust.Believes(Now.AddDays(500), TimeSpan.FromHours(1)));
        Assert.False(trust.Believes(Now.AddDays(506), TimeSpan.FromDays(6)));
        Assert.True(trust.Believes(Now.AddDays(508), TimeSpan.FromDays(8)));
    }
}
