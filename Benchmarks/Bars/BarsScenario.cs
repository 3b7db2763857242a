using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Scenarios;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Bars;

/// <summary>Every bar of docs/performance.md in one run of less than 15 minutes on a quiet machine of two cores.</summary>
internal sealed class BarsScenario : IScenario
{
    public const string Name = "bars";

    private const int WarmUp = 40_000;
    private const int ColdRequests = 10_000;
    private const int Starts = 5;
    private const double Mebibyte = 1024 * 1024;

    private static readonly int Tokens = ReplyPace.Instant.Tokens;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(20);

    private readonly BarsTable _table = new();
    private readonly List<Measurement> _all = [];

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        var settings = new GatewaySettings(GatewaySettings.Conversation)
        {
            Variables = options.Variables,
            Folder = options.Floor.Gateways is [var first, ..] ? first.Folder : null,
        };
        await using (var gateway = await StartedAsync(simulator, settings, cancellationToken))
        {
            var ours = Ours(gateway, Tokens);
            await ColdAsync(ours, options, cancellationToken);
            await BesideFloorAsync(simulator, gateway, options, cancellationToken);
            await Task.Delay(Idle, TimeProvider.System, cancellationToken);
            _table.Add("RSS MiB after the load, idle for 20 s", gateway.Usage.ResidentBytes() / Mebibyte, 300, 220, "0");
            await SplitAsync(simulator, ours, settings, options, cancellationToken);
        }

        await new PassThroughBars(_table, _all).MeasureAsync(settings, options, cancellationToken);
        await _table.WriteAsync(report);
        report.AddAllRight(Name, _all);
    }

    /// <summary>Starts the gateway several times; the last one stays.</summary>
    private async Task<GatewayProcess> StartedAsync(
        SimulatorProcess simulator,
        GatewaySettings settings,
        CancellationToken cancellationToken
    )
    {
        var times = new List<double>();
        for (var i = 1; ; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            var gateway = await GatewayProcess.StartAsync(simulator.Address, settings, cancellationToken);
            times.Add(TimeProvider.System.GetElapsedTime(start).TotalSeconds);
            await Meter.RestAsync(gateway.Usage, cancellationToken);
            if (i == Starts)
            {
                _table.Add("seconds from the start to ready", new Spread(times), 0.8, 0.5);
                _table.Add("RSS MiB, fresh", gateway.Usage.ResidentBytes() / Mebibyte, 160, 120, "0");
                return gateway;
            }

            await gateway.DisposeAsync();
        }
    }

    private async Task ColdAsync(Subject ours, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var cold = await Meter.MeasureAsync(ours, new LoadPlan(options.Concurrency, ColdRequests), cancellationToken);
        _all.Add(cold);
        _table.Add("CPU s/1000 of the first 10,000 requests, compilation included", cold.CpuPerThousand!.Value, 0.6, 0.4);
    }

    private async Task BesideFloorAsync(
        SimulatorProcess simulator,
        GatewayProcess gateway,
        BenchmarkOptions options,
        CancellationToken cancellationToken
    )
    {
        await using var relay = await RelayProcess.StartAsync(simulator.Address, cancellationToken);
        await using var yarp = await YarpProcess.StartAsync(simulator.Address, cancellationToken);
        var (ours, bare) = (Ours(gateway, Tokens), Subject.Relay(relay, Tokens));
        var few = new Paired(ours, bare, Subject.Yarp(yarp, true, Tokens));
        await few.WarmAsync(new LoadPlan(options.Concurrency, options.Floor.WarmUp ?? WarmUp), cancellationToken);
        await few.MeasureAsync(options.Floor.Rounds, new LoadPlan(options.Concurrency, options.Requests ?? 10_000), cancellationToken);
        _table.Add($"CPU, {options.Concurrency} at once: ours / bare relay", few.RatioTo(1), 2.6, 2.0);
        _table.Add("the same: ours / YARP with both calls", few.RatioTo(2), 2.0, 1.5);

        var many = new Paired(ours, bare);
        await many.WarmAsync(new LoadPlan(256, 5_000), cancellationToken);
        await many.MeasureAsync(options.Floor.Rounds, new LoadPlan(256, options.Requests ?? 10_000), cancellationToken);
        _table.Add("CPU, 256 at once: ours / bare relay", many.RatioTo(1), 2.6, 2.0);

        await simulator.SetPaceAsync(ReplyPace.Slow, cancellationToken);
        var tokens = ReplyPace.Slow.Tokens;
        var slow = new Paired(Ours(gateway, tokens), Subject.Relay(relay, tokens));
        await slow.WarmAsync(new LoadPlan(500, 500), cancellationToken);
        await slow.MeasureAsync(options.Floor.Rounds, new LoadPlan(500, 1_000), cancellationToken);
        await simulator.SetPaceAsync(ReplyPace.Instant, cancellationToken);
        _table.Add("CPU, 500 slow streams: ours / bare relay", slow.RatioTo(1), 1.4, 1.2);
        _table.Add("KiB for each slow stream", slow.Of(static one => one.KibibytesPerStream!.Value), 60, 40, "0");
        _all.AddRange([.. few.All, .. many.All, .. slow.All]);
    }

    private async Task SplitAsync(
        SimulatorProcess simulator,
        Subject one,
        GatewaySettings settings,
        BenchmarkOptions options,
        CancellationToken cancellationToken
    )
    {
        const string What = "CPU, 2 silos and 2 frontends with mutual TLS: / one process";
        GatewayCluster cluster;
        try
        {
            cluster = await GatewayCluster.StartAsync(simulator.Address, new ClusterShape(2, 2), settings, cancellationToken);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            _table.AddMissing(What, "needs redis-server");
            return;
        }

        await using (cluster)
        {
            // The one process is warm by now; each of the four gets half of the requests.
            var split = Subject.Cluster(cluster, "2 silos, 2 frontends", Tokens);
            await Meter.WarmAsync(split, new LoadPlan(options.Concurrency, options.Floor.WarmUp ?? WarmUp * 3 / 2), cancellationToken);
            var pair = new Paired(split, one);
            await pair.MeasureAsync(options.Floor.Rounds, new LoadPlan(options.Concurrency, options.Requests ?? 10_000), cancellationToken);
            _table.Add(What, pair.RatioTo(1), 1.8, 1.5);
            _all.AddRange(pair.All);
        }
    }

    private static Subject Ours(GatewayProcess gateway, int tokens) => Subject.Gateway(gateway, GatewaySettings.Conversation, true, tokens);
}
