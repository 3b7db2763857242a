using FlowGpt.Benchmarks.Bars;
using FlowGpt.Benchmarks.Many;
using FlowGpt.Benchmarks.Micro;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Scenarios;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks;

internal static class Program
{
    private static readonly Dictionary<string, Func<IScenario>> Scenarios = new()
    {
        [BarsScenario.Name] = () => new BarsScenario(),
        [DashboardsScenario.Name] = () => new DashboardsScenario(),
        [FloorScenario.Name] = () => new FloorScenario(),
        [InstantScenario.Name] = () => new InstantScenario(),
        [FlushedScenario.Name] = () => new FlushedScenario(),
        [SlowScenario.Name] = () => new SlowScenario(),
        [LimitsScenario.Name] = () => new LimitsScenario(),
        [AccountsScenario.Name] = () => new AccountsScenario(),
        [LingerScenario.Name] = () => new LingerScenario(),
        [ManyScenario.Name] = () => new ManyScenario(),
        [MemoryScenario.Name] = () => new MemoryScenario(),
        [ItemsScenario.Name] = () => new ItemsScenario(),
        [ReadersScenario.Name] = () => new ReadersScenario(),
        [UnreadScenario.Name] = () => new UnreadScenario(),
        [TurnsScenario.Name] = () => new TurnsScenario(),
        [KeysScenario.Name] = () => new KeysScenario(),
        [PoolScenario.Name] = () => new PoolScenario(),
        [SplitScenario.Name] = () => new SplitScenario(),
        [ScaleScenario.Name] = () => new ScaleScenario(),
        [StateScenario.Name] = () => new StateScenario(),
        [UsageScenario.Name] = () => new UsageScenario(),
        [PassThroughScenario.Name] = () => new PassThroughScenario(),
        [ProfileScenario.Name] = () => new ProfileScenario(),
    };

    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments.FirstOrDefault())
        {
            // Child processes of a run.
            case SimulatorProcess.Verb:
                await SimulatorProcess.ServeAsync(arguments[1..]);
                return 0;
            case YarpProcess.Verb:
                await YarpProcess.ServeAsync(arguments[1..]);
                return 0;
            case RelayProcess.Verb:
                await RelayProcess.ServeAsync(arguments[1..]);
                return 0;
            case StampedUpstream.Verb:
                await StampedUpstream.ServeAsync(arguments[1..]);
                return 0;
            case MicroBenchmarks.Verb:
                return MicroBenchmarks.Run(arguments[1..]);
            default:
                return await RunAsync(arguments);
        }
    }

    private static async Task<int> RunAsync(string[] arguments)
    {
        BenchmarkOptions options;
        try
        {
            options = BenchmarkOptions.Parse(arguments);
            if (options.Scenarios.FirstOrDefault(name => !Scenarios.ContainsKey(name)) is { } unknown)
            {
                throw new FormatException($"{unknown}: is not a scenario.");
            }
        }
        catch (FormatException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message}\n\n{BenchmarkOptions.Usage}");
            return 2;
        }

        using var interrupted = new CancellationTokenSource();
        Console.CancelKeyPress += (_, press) =>
        {
            press.Cancel = true;
            interrupted.Cancel();
        };
        var report = new BenchmarkReport(Console.Out);
        await report.WriteMachineAsync();
        foreach (var name in options.Scenarios)
        {
            await Scenarios[name]().RunAsync(options, report, interrupted.Token);
        }

        await report.WriteBarsAsync();
        return 0;
    }
}
