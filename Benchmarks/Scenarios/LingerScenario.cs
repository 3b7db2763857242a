using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>What it saves in the slow case that a stream waits a little for more text after each piece.</summary>
internal sealed class LingerScenario : IScenario
{
    public const string Name = "linger";

    private static readonly int[] Milliseconds = [0, 10, 20];

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        var measurements = new List<Measurement>();
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Slow, cancellationToken);
        foreach (var linger in Milliseconds)
        {
            var settings = new GatewaySettings(GatewaySettings.History)
            {
                Variables = new Dictionary<string, string>(options.Variables)
                {
                    ["FlowGpt__Frontend__StreamLinger"] = $"00:00:00.{linger:000}",
                },
            };
            await using var gateway = await GatewayProcess.StartAsync(simulator.Address, settings, cancellationToken);
            var subject = Subject.Gateway(gateway, $"linger {linger} ms", true, ReplyPace.Slow.Tokens);
            measurements.Add(await SlowScenario.MeasureAsync(subject, options.Requests, cancellationToken));
        }

        await report.WriteAsync("500 slow streams, history mode, by linger", measurements, perStream: true);
        report.AddAllRight("linger", measurements);
    }
}
