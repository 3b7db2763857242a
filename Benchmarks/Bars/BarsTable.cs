using System.Globalization;
using FlowGpt.Benchmarks.Report;

namespace FlowGpt.Benchmarks.Bars;

/// <summary>The table of bars and goals, with what was measured.</summary>
internal sealed class BarsTable
{
    private readonly MarkdownTable _table = new("what", "measured", "bar", "goal", "");

    /// <summary>Adds figures of several rounds; their median is held against the bar.</summary>
    public void Add(string what, Spread measured, double bar, double goal, string format = "0.00") =>
        _table.Add(what, measured.Text(format), Text(bar), Text(goal), Verdict(measured.Median, bar, goal));

    /// <summary>Adds one figure.</summary>
    public void Add(string what, double measured, double bar, double goal, string format = "0.00") =>
        _table.Add(what, measured.ToString(format, CultureInfo.InvariantCulture), Text(bar), Text(goal), Verdict(measured, bar, goal));

    /// <summary>Adds a line for what this machine cannot measure.</summary>
    public void AddMissing(string what, string why) => _table.Add(what, "-", "-", "-", why);

    public Task WriteAsync(BenchmarkReport report) => report.WriteAsync("Bars: median (least to most) of the rounds", _table);

    private static string Text(double figure) => figure.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Verdict(double measured, double bar, double goal) =>
        measured <= goal ? "goal"
        : measured <= bar ? "met"
        : "**missed**";
}
