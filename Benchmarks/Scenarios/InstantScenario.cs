using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>
/// Replies without delay: all that is measured is the cost of the way. The gateway in both context modes, streamed and whole, beside the
/// same upstream calls made directly and through a proxy that changes nothing.
/// </summary>
internal sealed class InstantScenario : IScenario
{
    public const string Name = "instant";

    private const int Requests = 3_000;

    private static readonly int[] Concurrencies = [1, 32, 256];
    private static readonly int Tokens = ReplyPace.Instant.Tokens;

    private readonly List<Measurement> _measurements = [];

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        await MeasureAsync([Subject.Direct(simulator, true, Tokens), Subject.Direct(simulator, false, Tokens)], options, cancellationToken);
        await using (var yarp = await YarpProcess.StartAsync(simulator.Address, cancellationToken))
        {
            await MeasureAsync([Subject.Yarp(yarp, true, Tokens), Subject.Yarp(yarp, false, Tokens)], options, cancellationToken);
        }

        foreach (var mode in (string[])[GatewaySettings.Conversation, GatewaySettings.History])
        {
            await using var gateway = await GatewayProcess.StartAsync(
                simulator.Address,
                new GatewaySettings(mode) { Variables = options.Variables },
                cancellationToken
            );
            await MeasureAsync(
                [Subject.Gateway(gateway, mode, true, Tokens), Subject.Gateway(gateway, mode, false, Tokens)],
                options,
                cancellationToken
            );
        }

        await report.WriteAsync($"{Tokens} tokens without delay", _measurements.OrderBy(one => one.Concurrency));
        AddBars(report);
    }

    private async Task MeasureAsync(Subject[] subjects, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        // A fresh process needs more than the warm-up of each load: the methods of the hot path are compiled three times.
        foreach (var subject in subjects)
        {
            await Meter.WarmAsync(subject, new LoadPlan(32, options.Warmup * 3), cancellationToken);
        }

        foreach (var subject in subjects)
        {
            foreach (var concurrency in Concurrencies)
            {
                var plan = new LoadPlan(concurrency, options.Requests ?? Requests);
                _measurements.Add(await Meter.MeasureAsync(subject, plan, options.Warmup, cancellationToken));
            }
        }
    }

    private void AddBars(BenchmarkReport report)
    {
        foreach (var mode in (string[])[GatewaySettings.Conversation, GatewaySettings.History])
        {
            foreach (var concurrency in (int[])[32, 256])
            {
                var cpu = Find($"gateway, {mode}", concurrency).CpuPerThousand!.Value;
                report.Add(new Bar($"CPU s/1000, {concurrency} at once, streamed, {mode}", 0.45, cpu));
            }
        }

        report.Add(new Bar("added first text p50 ms, 1 at once, conversation", 1.5, Added(GatewaySettings.Conversation, "create + chat")));
        report.Add(new Bar("added first text p50 ms, 1 at once, history", 1.5, Added(GatewaySettings.History, "chat with history")));
        report.AddAllRight("no delay", _measurements.Where(one => one.Subject.StartsWith("gateway", StringComparison.Ordinal)));
    }

    private double Added(string mode, string calls) =>
        Find($"gateway, {mode}", 1).Load.FirstText(50) - Find($"direct, {calls}", 1).Load.FirstText(50);

    private Measurement Find(string subject, int concurrency) =>
        _measurements.Single(one => one.Subject == subject && one.Concurrency == concurrency);
}
