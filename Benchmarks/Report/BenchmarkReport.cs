using System.Globalization;
using System.Runtime.InteropServices;
using FlowGpt.Benchmarks.Scenarios;

namespace FlowGpt.Benchmarks.Report;

/// <summary>Writes what was measured as markdown, each part as soon as it is known.</summary>
internal sealed class BenchmarkReport(TextWriter output)
{
    private readonly List<Bar> _bars = [];

    /// <summary>Says where the figures come from.</summary>
    public Task WriteMachineAsync() =>
        output.WriteLineAsync(
            $"{Environment.ProcessorCount} cores shared by load, upstream and gateway; {RuntimeInformation.FrameworkDescription}; "
                + $"{RuntimeInformation.OSArchitecture}; load average before the run {LoadAverage()}.\n"
        );

    /// <summary>Writes what users saw and what it cost.</summary>
    public async Task WriteAsync(string title, IEnumerable<Measurement> measurements, bool perStream = false)
    {
        var table = new MarkdownTable(
            "what",
            "at once",
            "right",
            "req/s",
            "first text p50 ms",
            "p99",
            "total p50 ms",
            "p99",
            "CPU s/1000",
            perStream ? "KiB/stream" : "peak RSS MiB",
            "pieces/reply"
        );
        foreach (var one in measurements)
        {
            table.Add(
                one.Subject,
                one.Concurrency.ToString(CultureInfo.InvariantCulture),
                $"{one.Load.Right} of {one.Load.Requests}",
                Text(one.Load.Rate, "0"),
                Text(one.Load.FirstText(50)),
                Text(one.Load.FirstText(99)),
                Text(one.Load.Total(50)),
                Text(one.Load.Total(99)),
                Text(one.CpuPerThousand),
                perStream ? Text(one.KibibytesPerStream, "0") : Text(one.PeakBytes / 1024.0 / 1024, "0"),
                Text(one.Load.PiecesPerReply, "0.0")
            );
        }

        await WriteAsync(title, table);
    }

    /// <summary>Writes any other table.</summary>
    public async Task WriteAsync(string title, MarkdownTable table)
    {
        await output.WriteLineAsync($"### {title}\n");
        await output.WriteLineAsync(table.ToString());
        await output.FlushAsync();
    }

    /// <summary>Takes a figure that has a limit.</summary>
    public void Add(Bar bar) => _bars.Add(bar);

    /// <summary>Takes the limit on what a gateway may get wrong: nothing.</summary>
    public void AddAllRight(string what, IEnumerable<Measurement> measurements) =>
        Add(new Bar($"wrong replies, {what}", 0, measurements.Sum(one => one.Load.Requests - one.Load.Right)));

    /// <summary>Writes the limits beside the figures.</summary>
    public async Task WriteBarsAsync()
    {
        if (_bars.Count == 0)
        {
            return;
        }

        var table = new MarkdownTable("bar", "at most", "measured", "");
        foreach (var bar in _bars)
        {
            table.Add(bar.Cells);
        }

        await WriteAsync("Bars", table);
    }

    /// <summary>A figure in a table; a dash when there is none.</summary>
    public static string Text(double? figure, string format = "0.00") => figure?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    private static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
