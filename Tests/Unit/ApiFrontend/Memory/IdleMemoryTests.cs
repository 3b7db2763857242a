using FlowGpt.ApiFrontend.Memory;

namespace FlowGpt.Tests.Unit.ApiFrontend.Memory;

public sealed class IdleMemoryTests
{
    private const long Mebibyte = 1 << 20;

    [Theory]
    [InlineData(new long[] { 300, 1, 1 }, 2)] // Work, then two quiet periods.
    [InlineData(new long[] { 300, 1, 20, 1, 1 }, 4)] // Work between them: the quiet begins again.
    [InlineData(new long[] { 300, 1, 1, 1, 1, 1 }, 2)] // Once for the same work.
    [InlineData(new long[] { 20, 1, 1, 1 }, -1)] // Hardly any work.
    [InlineData(new long[] { 300, 300, 300 }, -1)] // Never idle.
    [InlineData(new long[] { 20, 20, 20, 20, 1, 1 }, 5)] // Work is added up.
    public void ShouldRelease_AllocatedInEachPeriod_OnceAfterWork(long[] mebibytes, int expected)
    {
        var memory = new IdleMemory();
        var total = 0L;

        var released = mebibytes.Select(one => memory.ShouldRelease(total += one * Mebibyte)).ToList();

        Assert.Equal(expected, released.IndexOf(true));
        Assert.Equal(expected < 0 ? 0 : 1, released.Count(static one => one));
    }

    [Fact]
    public void ShouldRelease_WorkAfterARelease_ReleasesAgain()
    {
        var memory = new IdleMemory();
        long[] totals = [300, 301, 302, 600, 601, 602];

        Assert.Equal([false, false, true, false, false, true], totals.Select(one => memory.ShouldRelease(one * Mebibyte)));
    }
}
