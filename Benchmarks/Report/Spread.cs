using System.Globalization;

namespace FlowGpt.Benchmarks.Report;

/// <summary>The figures of several rounds.</summary>
internal sealed class Spread
{
    private readonly double[] _ordered;

    /// <param name="figures">At least one.</param>
    public Spread(IEnumerable<double> figures) => _ordered = [.. figures.Order()];

    /// <summary>The one in the middle; of an even number, the mean of the two in the middle.</summary>
    public double Median => (_ordered[(_ordered.Length - 1) / 2] + _ordered[_ordered.Length / 2]) / 2;

    public double Least => _ordered[0];

    public double Most => _ordered[^1];

    /// <summary>Median, then the least and the most, e.g. <c>3.31 (3.12 to 3.60)</c>.</summary>
    public string Text(string format = "0.00") =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Median.ToString(format, CultureInfo.InvariantCulture)} ({Least.ToString(format, CultureInfo.InvariantCulture)} to {Most.ToString(format, CultureInfo.InvariantCulture)})"
        );
}
