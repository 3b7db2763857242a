using System.Diagnostics;

namespace FlowGpt.Benchmarks.Load;

/// <summary>What a run of a plan came to.</summary>
internal sealed class LoadResult
{
    private readonly long[] _firstText;
    private readonly long[] _total;

    public LoadResult(IReadOnlyList<Sample> samples, TimeSpan elapsed)
    {
        Elapsed = elapsed;
        Requests = samples.Count;
        Right = samples.Count(sample => sample.Problem is null);
        FirstProblem = samples.FirstOrDefault(sample => sample.Problem is not null).Problem;
        PiecesPerReply = samples.Count == 0 ? 0 : samples.Average(sample => sample.Pieces);
        _firstText = [.. samples.Select(sample => sample.FirstText).Order()];
        _total = [.. samples.Select(sample => sample.Total).Order()];
    }

    /// <summary>From the first request's start to the last one's end.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Requests made.</summary>
    public int Requests { get; }

    /// <summary>Requests that got their own reply, whole and well-formed.</summary>
    public int Right { get; }

    /// <summary>What was wrong with the first wrong reply.</summary>
    public string? FirstProblem { get; }

    /// <summary>Pieces of text in a reply, on average.</summary>
    public double PiecesPerReply { get; }

    /// <summary>Requests a second.</summary>
    public double Rate => Requests / Elapsed.TotalSeconds;

    /// <summary>Time to the first byte of text, in milliseconds.</summary>
    /// <param name="percentile">0 to 100.</param>
    public double FirstText(double percentile) => Percentile(_firstText, percentile);

    /// <summary>Time to the end of the reply, in milliseconds.</summary>
    /// <param name="percentile">0 to 100.</param>
    public double Total(double percentile) => Percentile(_total, percentile);

    private static double Percentile(long[] ordered, double percentile) =>
        ordered.Length == 0 ? double.NaN : ordered[(int)Math.Ceiling(percentile / 100 * ordered.Length) - 1] * 1000.0 / Stopwatch.Frequency;
}
