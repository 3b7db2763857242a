using System.Globalization;

namespace FlowGpt.Benchmarks.Report;

/// <summary>A figure that must not be above its limit.</summary>
/// <param name="What">What is measured, with its unit.</param>
/// <param name="Limit">The most it may be.</param>
/// <param name="Measured">What it is.</param>
internal sealed record Bar(string What, double Limit, double Measured)
{
    public bool Met => Measured <= Limit;

    public string[] Cells =>
        [
            What,
            Limit.ToString("0.##", CultureInfo.InvariantCulture),
            Measured.ToString("0.00", CultureInfo.InvariantCulture),
            Met ? "met" : "**missed**",
        ];
}
