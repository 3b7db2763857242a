using System.Text.Json;
using System.Text.RegularExpressions;

namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>Dashboards and alerts query metrics that <c>/metrics</c> has: docs/observability.md lists that, and is itself compared with <c>/metrics</c>.</summary>
public sealed partial class ObservabilityFilesTests
{
    // Labels that Prometheus adds, or that belong to histograms.
    private static readonly string[] CommonLabels = ["instance", "le"];

    public static TheoryData<string> Queries { get; } = [.. Dashboard().Concat(Alerts())];

    [Fact]
    public void Queries_OfBothFiles_AreMany()
    {
        Assert.InRange(Dashboard().Count(), 15, 100);
        Assert.InRange(Alerts().Count(), 8, 100);
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public void Query_EveryMetricAndLabel_IsDocumented(string query)
    {
        var metrics = Metric().Matches(query).Select(static match => match.Value).ToArray();
        Assert.NotEmpty(metrics);
        foreach (var metric in metrics)
        {
            var row = RowOf(metric);
            Assert.True(row is not null, $"{metric} is not in docs/observability.md");
            if (metric.StartsWith("dotnet_", StringComparison.Ordinal))
            {
                continue;
            }

            var labels = Label()
                .Matches(query)
                .Select(static match => match.Groups[1].Value)
                .Concat(
                    Grouping().Matches(query).SelectMany(static match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries))
                )
                .Except(CommonLabels);
            Assert.All(labels, label => Assert.Contains($"`{label}`", Explained(row!), StringComparison.Ordinal));
        }
    }

    private static IEnumerable<string> Dashboard()
    {
        using var json = JsonDocument.Parse(Repository.Read("deploy/observability/grafana-dashboard.json"));
        return
        [
            .. json
                .RootElement.GetProperty("panels")
                .EnumerateArray()
                .SelectMany(static panel => panel.GetProperty("targets").EnumerateArray())
                .Select(static target => target.GetProperty("expr").GetString()!),
        ];
    }

    private static IEnumerable<string> Alerts() =>
        Repository
            .ReadLines("deploy/observability/alerts.yaml")
            .Select(static line => line.Trim())
            .Where(static line => line.StartsWith("expr: ", StringComparison.Ordinal))
            .Select(static line => line["expr: ".Length..]);

    /// <summary>The metric's row in the table; a histogram is listed without its suffixes.</summary>
    private static string? RowOf(string metric) =>
        Repository
            .ReadLines("docs/observability.md")
            .FirstOrDefault(line =>
                line.StartsWith($"| `{metric}`", StringComparison.Ordinal)
                || line.StartsWith($"| `{Ending().Replace(metric, "")}`", StringComparison.Ordinal)
                || (metric.StartsWith("dotnet_", StringComparison.Ordinal) && line.Contains($"`{metric}`", StringComparison.Ordinal))
            );

    /// <summary>The row, and the rows above to which "the same" refers.</summary>
    private static string Explained(string row)
    {
        var lines = Repository.ReadLines("docs/observability.md");
        var at = Array.IndexOf(lines, row);
        while (lines[at].Contains("| the same", StringComparison.Ordinal))
        {
            row += lines[--at];
        }

        return row;
    }

    [GeneratedRegex("(?:flowgpt|gen_ai_server|gen_ai_client|dotnet)_[a-z_]+")]
    private static partial Regex Metric();

    [GeneratedRegex("[{,] *([a-z_]+)(?:=|!=|=~|!~)\"")]
    private static partial Regex Label();

    [GeneratedRegex("by \\(([a-z_, ]+)\\)")]
    private static partial Regex Grouping();

    [GeneratedRegex("_(?:bucket|sum|count)$")]
    private static partial Regex Ending();
}
