using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>
/// What a request costs all processes together when they are a cluster: one process, then more silos, then frontends of their own. On a
/// machine with few cores more processes serve no more requests; what shows is whether each request gets dearer.
/// </summary>
internal sealed class ScaleScenario : IScenario
{
    public const string Name = "scale";

    private const int Requests = 30_000;
    private const int Concurrency = 32;
    private const string OneProcess = "one process, no Redis";

    private static readonly ClusterShape Split = new(2, 2);
    private static readonly ClusterShape[] Shapes = [new(1, 0), new(2, 0), new(3, 0), new(1, 1), Split];
    private static readonly int Tokens = ReplyPace.Instant.Tokens;

    private readonly MarkdownTable _table = new(
        "what",
        "right",
        "req/s",
        "first text p50 ms",
        "CPU s/1000",
        "Redis CPU s/1000",
        "RSS MiB, all"
    );
    private readonly List<Measurement> _measurements = [];

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        var settings = new GatewaySettings(GatewaySettings.History) { Variables = options.Variables };
        await using (var gateway = await GatewayProcess.StartAsync(simulator.Address, settings, cancellationToken))
        {
            var subject = Subject.Gateway(gateway, GatewaySettings.History, true, Tokens) with { Name = OneProcess };
            await MeasureAsync(subject, null, options, cancellationToken);
        }

        foreach (var shape in Shapes.Where(shape => shape.ToString().Contains(options.Only, StringComparison.OrdinalIgnoreCase)))
        {
            await using var cluster = await GatewayCluster.StartAsync(simulator.Address, shape, settings, cancellationToken);
            await MeasureAsync(Subject.Cluster(cluster, shape.ToString(), Tokens), cluster.Redis.Usage, options, cancellationToken);
        }

        await report.WriteAsync($"{Tokens} tokens without delay, streamed, {Concurrency} at once, by shape of the cluster", _table);
        report.AddAllRight("by shape", _measurements);
        AddRatio(report, "split mode (2 silos, 2 frontends) to one process, CPU a request", 1.6, Split.ToString(), OneProcess);
        AddRatio(report, "3 silos to 2, CPU a request", 1.1, new ClusterShape(3, 0).ToString(), new ClusterShape(2, 0).ToString());
    }

    private async Task MeasureAsync(Subject subject, ProcessUsage? redis, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await Meter.WarmAsync(subject, new LoadPlan(Concurrency, options.Warmup * 3), cancellationToken);
        var before = redis?.CpuSeconds();
        var measured = await Meter.MeasureAsync(subject, new LoadPlan(Concurrency, options.Requests ?? Requests), cancellationToken);
        _measurements.Add(measured);
        _table.Add(
            subject.Name,
            $"{measured.Load.Right} of {measured.Load.Requests}",
            BenchmarkReport.Text(measured.Load.Rate, "0"),
            BenchmarkReport.Text(measured.Load.FirstText(50)),
            BenchmarkReport.Text(measured.CpuPerThousand),
            BenchmarkReport.Text((redis?.CpuSeconds() - before) / measured.Load.Requests * 1000),
            BenchmarkReport.Text(measured.PeakBytes / 1024.0 / 1024, "0")
        );
    }

    private void AddRatio(BenchmarkReport report, string what, double limit, string one, string other)
    {
        if (Find(one) is { } dividend && Find(other) is { } divisor)
        {
            report.Add(new Bar(what, limit, dividend / divisor));
        }

        double? Find(string subject) => _measurements.Find(measured => measured.Subject == subject)?.CpuPerThousand;
    }
}
