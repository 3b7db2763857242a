using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>What a request asks of Redis and leaves there, and what a stored conversation that nobody uses takes.</summary>
internal sealed class StateScenario : IScenario
{
    public const string Name = "state";

    private const int Requests = 10_000;
    private const int Concurrency = 32;
    private const double Mebibyte = 1024 * 1024;

    private static readonly int Tokens = ReplyPace.Instant.Tokens;

    private readonly MarkdownTable _table = new(
        "what",
        "right",
        "writes/request",
        "reads/request",
        "bytes sent/request",
        "keys left/1000",
        "bytes kept/request",
        "silo MiB kept/10,000"
    );

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        var settings = new GatewaySettings(GatewaySettings.History) { Limited = true, Variables = options.Variables };
        await using var cluster = await GatewayCluster.StartAsync(simulator.Address, new ClusterShape(1, 0), settings, cancellationToken);
        var requests = options.Requests ?? Requests;
        foreach (var stored in (bool[])[false, true])
        {
            var name = stored ? "stored, each a conversation of its own" : "not stored";
            var subject = Subject.Cluster(cluster, name, Tokens, stored);
            await Meter.WarmAsync(subject, new LoadPlan(Concurrency, options.Warmup), cancellationToken);
            var heap = await HeapCollector.CollectAsync(cluster.FirstSilo, cancellationToken);
            var before = await cluster.Redis.CountAsync();
            var measured = await Meter.MeasureAsync(subject, new LoadPlan(Concurrency, requests), cancellationToken);
            var after = await cluster.Redis.CountAsync();
            var grown = await HeapCollector.CollectAsync(cluster.FirstSilo, cancellationToken) - heap;
            report.AddAllRight(name, [measured]);
            var writes = (double)(after.Writes - before.Writes) / requests;
            if (!stored)
            {
                report.Add(new Bar("writes to Redis for a request that is not stored", 0.05, writes));
            }

            _table.Add(
                name,
                $"{measured.Load.Right} of {measured.Load.Requests}",
                BenchmarkReport.Text(writes, "0.000"),
                BenchmarkReport.Text((double)(after.Reads - before.Reads) / requests, "0.000"),
                BenchmarkReport.Text((double)(after.InputBytes - before.InputBytes) / requests, "0"),
                BenchmarkReport.Text((after.Keys - before.Keys) * 1000.0 / requests, "0.0"),
                BenchmarkReport.Text((double)(after.UsedBytes - before.UsedBytes) / requests, "0"),
                BenchmarkReport.Text(grown / Mebibyte * 10_000 / requests, "0.0")
            );
        }

        await report.WriteAsync($"What {requests} requests of one silo ask of Redis, accounts with limits of every kind", _table);
    }
}
