using System.Text.Json.Nodes;
using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>
/// What a client key costs a request, beside the master key that needs no grain: one without limits, and one with every limit and budget, all out of
/// reach. They take turns on one process, so that what else the machine does hits them alike; the figure is each one's median.
/// </summary>
internal sealed class KeysScenario : IScenario
{
    public const string Name = "keys";

    private const int Requests = 3_000;
    private const int Rounds = 5;
    private const int Concurrency = 32;

    private static readonly int Tokens = ReplyPace.Instant.Tokens;

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        var settings = new GatewaySettings(GatewaySettings.History) { Variables = options.Variables };
        await using var gateway = await GatewayProcess.StartAsync(simulator.Address, settings, cancellationToken);
        var plain = await gateway.CreateKeyAsync(new JsonObject { ["name"] = "plain" }, cancellationToken);
        var limited = await gateway.CreateKeyAsync(new JsonObject { ["name"] = "limited", ["limits"] = Limits() }, cancellationToken);
        Subject[] subjects =
        [
            Subject.Gateway(gateway, "the master key", GatewayProcess.Key, Tokens),
            Subject.Gateway(gateway, "a client key without limits", plain, Tokens),
            Subject.Gateway(gateway, "a client key with every limit", limited, Tokens),
        ];
        var rounds = await MeasureAsync(subjects, options, cancellationToken);
        var table = new MarkdownTable("key", "right", "CPU s/1000, median", "least", "most", "added");
        var master = Median(rounds[0]);
        for (var i = 0; i < subjects.Length; i++)
        {
            var costs = rounds[i].Select(one => one.CpuPerThousand!.Value).Order().ToArray();
            table.Add(
                subjects[i].Name,
                $"{rounds[i].Sum(one => one.Load.Right)} of {rounds[i].Sum(one => one.Load.Requests)}",
                BenchmarkReport.Text(Median(rounds[i])),
                BenchmarkReport.Text(costs[0]),
                BenchmarkReport.Text(costs[^1]),
                BenchmarkReport.Text(Median(rounds[i]) - master)
            );
            report.AddAllRight(subjects[i].Name, rounds[i]);
        }

        await report.WriteAsync($"Client keys, {Concurrency} at once, streamed", table);
        report.Add(new Bar("CPU s/1000 added by a client key with every limit", 0.10, Median(rounds[^1]) - master));
    }

    private static async Task<List<Measurement>[]> MeasureAsync(
        Subject[] subjects,
        BenchmarkOptions options,
        CancellationToken cancellationToken
    )
    {
        foreach (var subject in subjects)
        {
            await Meter.WarmAsync(subject, new LoadPlan(Concurrency, options.Warmup * 3), cancellationToken);
        }

        var rounds = subjects.Select(_ => new List<Measurement>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < subjects.Length; i++)
            {
                var plan = new LoadPlan(Concurrency, options.Requests ?? Requests);
                rounds[i].Add(await Meter.MeasureAsync(subjects[i], plan, cancellationToken));
            }
        }

        return rounds;
    }

    private static double Median(IEnumerable<Measurement> rounds) =>
        rounds.Select(one => one.CpuPerThousand!.Value).Order().ElementAt(Rounds / 2);

    private static JsonObject Limits() =>
        new()
        {
            ["requestsPerMinute"] = 1_000_000,
            ["tokensPerMinute"] = 1_000_000_000,
            ["maxConcurrentRequests"] = 1_000,
            ["tokensPerDay"] = 1_000_000_000_000,
            ["tokensPerMonth"] = 1_000_000_000_000,
        };
}
