using FlowGpt.Grains.Isolation;

namespace FlowGpt.Tests.Unit.Isolation;

public sealed class ElapsedTimeTests
{
    [Fact]
    public void Read_IsTheLargerOfBothClocks_AndNeverGoesBack()
    {
        var clocks = new TwoClocks();
        var elapsed = new ElapsedTime(clocks);

        clocks.Pass(monotonic: 1, wall: 1);
        Assert.Equal(TimeSpan.FromSeconds(1), elapsed.Read());
        clocks.Pass(monotonic: 0, wall: 20);
        Assert.Equal(TimeSpan.FromSeconds(21), elapsed.Read());
        clocks.Pass(monotonic: 2, wall: -3600);
        Assert.Equal(TimeSpan.FromSeconds(23), elapsed.Read());
    }

    private sealed class TwoClocks : TimeProvider
    {
        private long _monotonic;
        private DateTimeOffset _wall = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => _monotonic;

        public override DateTimeOffset GetUtcNow() => _wall;

        public void Pass(int monotonic, int wall) => (_monotonic, _wall) = (_monotonic + (monotonic * 1000), _wall.AddSeconds(wall));
    }
}
