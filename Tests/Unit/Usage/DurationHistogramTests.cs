using FlowGpt.Grains.Interfaces.Usage;
using FsCheck;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Usage;

public sealed class DurationHistogramTests
{
    [Property]
    public void BucketOf_AnyDuration_IsTheFirstWhoseBoundIsNotLess(NonNegativeInt milliseconds)
    {
        var duration = TimeSpan.FromMilliseconds(milliseconds.Get % 2_000_000);

        var bucket = DurationHistogram.BucketOf(duration);

        Assert.InRange(bucket, 0, DurationHistogram.Buckets - 1);
        Assert.True(duration.TotalSeconds <= DurationHistogram.UpperBound(bucket));
        Assert.True(bucket == 0 || duration.TotalSeconds > DurationHistogram.UpperBound(bucket - 1));
    }

    [Property]
    public void Quantile_AnyDurations_IsAtMost19PercentAboveTheExactOne(PositiveInt[] milliseconds, byte percent)
    {
        var durations = milliseconds.Select(static one => TimeSpan.FromMilliseconds(1 + (one.Get % 1_000_000))).Order().ToArray();
        var histogram = new DurationHistogram();
        Array.ForEach(durations, histogram.Count);
        var share = percent % 101 / 100.0;

        var quantile = histogram.Quantile(share);

        if (durations.Length == 0)
        {
            Assert.Null(quantile);
            return;
        }

        var exact = durations[Math.Max(1, (int)Math.Ceiling(share * durations.Length)) - 1].TotalSeconds;
        Assert.InRange(quantile!.Value, exact, exact * 1.1893);
    }

    [Fact]
    public void Quantile_LongerThanTheScale_IsInfinite()
    {
        var histogram = new DurationHistogram();
        histogram.Count(TimeSpan.FromHours(1));

        Assert.Equal(double.PositiveInfinity, histogram.Quantile(0.5));
    }

    [Property]
    public void Add_AndTakeAway_LeavesWhatWasThere(NonNegativeInt[] some, NonNegativeInt[] others)
    {
        var histogram = Of(some);
        var other = Of(others);

        histogram.Add(other);
        Assert.Equal(some.Length + others.Length, histogram.Total);
        histogram.Add(other, -1);

        Assert.All(
            Enumerable.Range(0, DurationHistogram.Buckets),
            bucket => Assert.Equal(Of(some).Counts.ElementAtOrDefault(bucket), histogram.Counts.ElementAtOrDefault(bucket))
        );
    }

    private static DurationHistogram Of(NonNegativeInt[] milliseconds)
    {
        var histogram = new DurationHistogram();
        Array.ForEach(milliseconds, one => histogram.Count(TimeSpan.FromMilliseconds(one.Get)));
        return histogram;
    }
}
