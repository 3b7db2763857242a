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
        await MeasureAsync(Subject.Direct(simulator, true, Tokens), options, cancellationToken);
        await using (var yarp = await YarpProcess.StartAsync(simulator.Address, cancellationToken))
        {
            await MeasureAsync(Subject.Yarp(yarp, true, Tokens), options, cancellationToken);
        }

        foreach (var mode in (string[])[GatewaySettings.Conversation, GatewaySettings.History])
        {
            await using var gateway = await GatewayProcess.StartAsync(
                simulator.Address,
                new GatewaySettings(mode) { Variables = options.Variables },
                cancellationToken
            );
            var measured = await MeasureAsync(Subject.Gateway(gateway, mode, true, Tokens), options, cancellationToken);
            report.Add(new Bar($"CPU s/1000, {Streams} slow streams, {mode}", 4.0, measured.CpuPerThousand!.Value));
            report.Add(new Bar($"KiB per open stream, {mode}", 60, measured.KibibytesPerStream!.Value));
            report.AddAllRight($"slow streams, {mode}", [measured]);
        }

        await report.WriteAsync($"{Streams} streams of {Tokens} tokens, 50 ms and 20 ms a token", _measurements, perStream: true);
    }

    private async Task<Measurement> MeasureAsync(Subject subject, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var measured = await MeasureAsync(subject, options.Requests, cancellationToken);
        _measurements.Add(measured);
        return measured;
    }

    /// <summary>
    /// Memory is measured first, on a process that has served few streams at once: one that has had 500 would already hold the memory
    /// that they need. CPU is measured after that, when everything is warm.
    /// </summary>
    public static async Task<Measurement> MeasureAsync(Subject subject, int? requests, CancellationToken cancellationToken)
    {
        await Meter.WarmAsync(subject, new LoadPlan(50, 250), cancellationToken);
        var first = await Meter.MeasureAsync(subject, new LoadPlan(Streams, Streams), 50, cancellationToken);
        var rounds = new LoadPlan(Streams, requests ?? Streams * Rounds);
        var warm = await Meter.MeasureAsync(subject, rounds, Streams, cancellationToken);
        return warm with { IdleBytes = first.IdleBytes, PeakBytes = first.PeakBytes };
    }
}
