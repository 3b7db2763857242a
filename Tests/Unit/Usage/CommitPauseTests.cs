using FlowGpt.Grains.Usage;

namespace FlowGpt.Tests.Unit.Usage;

public sealed class CommitPauseTests
{
    [Theory]
    [InlineData(1, 100, 100)]
    [InlineData(10, 100, 100)]
    [InlineData(30, 100, 300)]
    [InlineData(100, 100, 1000)]
    [InlineData(4000, 100, 1000)]
    [InlineData(4000, 5000, 5000)]
    public void After_AWrite_IsTenTimesAsLongAsItTook_ButAtLeastTheIntervalAndElseAtMostASecond(int took, int interval, int expected) =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(expected),
            CommitPause.After(TimeSpan.FromMilliseconds(took), TimeSpan.FromMilliseconds(interval))
        );

    [Theory]
    [InlineData(1, 40)]
    [InlineData(5, 100)]
    [InlineData(300, 250)]
    public void After_AWriteOfARecordThatCallersWaitFor_IsWithinItsBounds(int took, int expected) =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(expected),
            CommitPause.After(TimeSpan.FromMilliseconds(took), TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(250), 20)
        );
}
