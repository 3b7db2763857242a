using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>500 streams open at once, each as slow as a model: what holding a stream costs, in memory and in CPU for each token.</summary>
internal sealed class SlowScenario : IScenario
{
    public const string Name = "slow";

    private const int Streams = 500;
    private const int Rounds = 4;

    private static readonly int Tokens = ReplyPace.Slow.Tokens;

    private readonly List<Measurement> _measurements = [];

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Slow, cancellationToken);
        var direct = Subject.Direct(simulator, true, Tokens);
        if (IsWanted(direct, options))
        {
            await MeasureAsync(direct, options, cancellationToken);
        }

        await using (var yarp = await YarpProcess.StartAsync(simulator.Address, cancellationToken))
        {
            var proxied = Subject.Yarp(yarp, true, Tokens);
            if (IsWanted(proxied, options))
            {
                await MeasureAsync(proxied, options, cancellationToken);
            }
        }

        foreach (var mode in (string[])[GatewaySettings.Conversation, GatewaySettings.History])
        {
            var settings = new GatewaySettings(mode) { Variables = options.Variables };
            await using var gateway = await GatewayProcess.StartAsync(simulator.Address, settings, cancellationToken);
            var subject = Subject.Gateway(gateway, mode, true, Tokens);
            if (IsWanted(subject, options))
            {
                AddBars(report, mode, await MeasureAsync(subject, options, cancellationToken));
            }
        }

        await report.WriteAsync($"{Streams} streams of {Tokens} tokens, 50 ms and 20 ms a token", _measurements, perStream: true);
    }

    private static bool IsWanted(Subject subject, BenchmarkOptions options) =>
        subject.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase);

    private static void AddBars(BenchmarkReport report, string mode, Measurement measured)
    {
        report.Add(new Bar($"CPU s/1000, {Streams} slow streams, {mode}", 4.0, measured.CpuPerThousand!.Value));
        report.Add(new Bar($"KiB per open stream, {mode}", 60, measured.KibibytesPerStream!.Value));
        report.AddAllRight($"slow streams, {mode}", [measured]);
    }

    private async Task<Measurement> MeasureAsync(Subject subject, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var measured = await MeasureAsync(subject, options.Requests, cancellationToken);
        _measurements.Add(measured);
        return measured;
    }

    /// <summary>
    /// Memory is measured first, on a process that has served few streams at once: one that has had 500 would already hold the memory
    /// that they need, and the growth of its heap would be nobody's. CPU is measured after that, when everything is warm.
    /// </summary>
    public static async Task<Measurement> MeasureAsync(Subject subject, int? requests, CancellationToken cancellationToken)
    {
        await Meter.TouchAsync(subject, new LoadPlan(50, 250), cancellationToken);
        var first = await Meter.MeasureAsync(subject, new LoadPlan(Streams, Streams), cancellationToken);
        var rounds = new LoadPlan(Streams, requests ?? Streams * Rounds);
        var warm = await Meter.MeasureAsync(subject, rounds, Streams, cancellationToken);
        return warm with { IdleBytes = first.IdleBytes, PeakBytes = first.PeakBytes };
    }
}
