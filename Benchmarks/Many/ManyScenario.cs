using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Scenarios;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Many;

/// <summary>What operators wait for where there is much of something: accounts in a file, client keys, models.</summary>
internal sealed class ManyScenario : IScenario
{
    public const string Name = "many";

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        (string Name, Func<Task> Measure)[] parts =
        [
            ("file", () => ManyAccounts.MeasureAsync(simulator, options, report, cancellationToken)),
            ("keys", () => ManyKeys.MeasureAsync(simulator, options, report, cancellationToken)),
            ("models", () => ManyModels.MeasureAsync(simulator, options, report, cancellationToken)),
        ];
        foreach (var (_, measure) in parts.Where(part => options.Only.Length == 0 || options.Only == part.Name))
        {
            await measure();
        }
    }
}
