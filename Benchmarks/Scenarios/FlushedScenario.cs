using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>
/// As <see cref="InstantScenario"/>, but the upstream sends each token in a separate write as fast as it can: the most reads and writes
/// that a reply can cause.
/// </summary>
internal sealed class FlushedScenario : IScenario
{
    public const string Name = "flushed";

    private const int Requests = 3_000;

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        var tokens = ReplyPace.Flushed.Tokens;
        var measurements = new List<Measurement>();
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Flushed, cancellationToken);
        await MeasureAsync(Subject.Direct(simulator, false, tokens));
        await using (var yarp = await YarpProcess.StartAsync(simulator.Address, cancellationToken))
        {
            await MeasureAsync(Subject.Yarp(yarp, false, tokens));
        }

        var settings = new GatewaySettings(GatewaySettings.History) { Variables = options.Variables };
        await using var gateway = await GatewayProcess.StartAsync(simulator.Address, settings, cancellationToken);
        await MeasureAsync(Subject.Gateway(gateway, GatewaySettings.History, true, tokens));

        await report.WriteAsync($"{tokens} tokens without delay, each in a write of its own", measurements.OrderBy(one => one.Concurrency));
        report.AddAllRight("each token in a write of its own", measurements);

        async Task MeasureAsync(Subject subject)
        {
            await Meter.WarmAsync(subject, new LoadPlan(32, options.Warmup * 3), cancellationToken);
            foreach (var concurrency in (int[])[1, 32, 256])
            {
                var plan = new LoadPlan(concurrency, options.Requests ?? Requests);
                measurements.Add(await Meter.MeasureAsync(subject, plan, options.Warmup, cancellationToken));
            }
        }
    }
}
