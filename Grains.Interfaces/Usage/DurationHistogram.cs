namespace FlowGpt.Grains.Interfaces.Usage;

/// <summary>
/// Counts durations in fixed buckets on a logarithmic scale, four to each doubling from 1 ms to 17.5 minutes, and a last bucket for all above. The scale never
/// changes, so that histograms of any time and place can be added exactly. Not thread-safe.
/// </summary>
[GenerateSerializer, Alias("flowgpt.DurationHistogram")]
public sealed class DurationHistogram
{
    /// <summary>Number of buckets; the last has no upper bound.</summary>
    public const int Buckets = 82;

    private const int PerDoubling = 4;

    private static readonly double[] Bounds =
    [
        .. Enumerable.Range(0, Buckets - 1).Select(static i => 0.001 * Math.Pow(2, (double)i / PerDoubling)),
    ];

    /// <summary>How many fell into each bucket; buckets beyond the array's end are empty.</summary>
    [Id(0)]
    public long[] Counts { get; set; } = [];

    /// <summary>How many durations were counted.</summary>
    public long Total => Counts.Sum();

    /// <summary>The bucket of a duration: the first whose upper bound is not less.</summary>
    public static int BucketOf(TimeSpan duration)
    {
        var index = Array.BinarySearch(Bounds, duration.TotalSeconds);
        return index >= 0 ? index : ~index;
    }

    /// <summary>A bucket's upper bound in seconds, inclusive; infinite for the last.</summary>
    public static double UpperBound(int bucket) => bucket < Bounds.Length ? Bounds[bucket] : double.PositiveInfinity;

    /// <summary>Counts a duration.</summary>
    public void Count(TimeSpan duration) => Count(BucketOf(duration), 1);

    /// <summary>Adds to a bucket's count; negative takes away.</summary>
    public void Count(int bucket, long times)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)bucket, (uint)Buckets);
        if (bucket >= Counts.Length)
        {
            var counts = Counts;
            Array.Resize(ref counts, bucket + 1);
            Counts = counts;
        }

        Counts[bucket] += times;
    }

    /// <summary>Adds another histogram's counts, or takes them away.</summary>
    public void Add(DurationHistogram other, int sign = 1)
    {
        if (other.Counts.Length > Counts.Length)
        {
            var longer = new long[other.Counts.Length];
            Counts.CopyTo(longer, 0);
            Counts = longer;
        }

        var added = other.Counts;
        var counts = Counts.AsSpan(0, added.Length);
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            counts[bucket] += sign * added[bucket];
        }
    }

    /// <summary>
    /// The least bucket bound, in seconds, that at least this share of the durations does not exceed: at most 19 % above the exact quantile.
    /// Null when nothing was counted; infinite when it lies in the last bucket.
    /// </summary>
    /// <param name="share">0 to 1; 0.5 is the median.</param>
    public double? Quantile(double share)
    {
        var total = Total;
        if (total == 0)
        {
            return null;
        }

        var wanted = Math.Max(1, (long)Math.Ceiling(share * total));
        var bucket = 0;
        for (var seen = Counts[0]; seen < wanted; seen += Counts[bucket])
        {
            bucket++;
        }

        return UpperBound(bucket);
    }
}
