using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>Keeps a warm gateway under one load for long enough to look at it with a profiler, and says which process it is.</summary>
internal sealed class ProfileScenario : IScenario
{
    public const string Name = "profile";

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        var mode = options.Only == GatewaySettings.Conversation ? GatewaySettings.Conversation : GatewaySettings.History;
        var tokens = ReplyPace.Instant.Tokens;
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        // Both let perf name compiled methods; they cost nothing once those are compiled.
        var settings = new GatewaySettings(mode)
        {
            Variables = new Dictionary<string, string>(options.Variables)
            {
                ["DOTNET_PerfMapEnabled"] = "1",
                ["DOTNET_EnableWriteXorExecute"] = "0",
            },
        };
        await using var gateway = await GatewayProcess.StartAsync(simulator.Address, settings, cancellationToken);
        var subject = Subject.Gateway(gateway, mode, true, tokens);
        await Meter.WarmAsync(subject, new LoadPlan(options.Concurrency, options.Warmup * 3), cancellationToken);
        await Console.Error.WriteLineAsync($"# profile process {gateway.ProcessId} now, for {options.Duration.TotalSeconds} s");
        var plan = new LoadPlan(options.Concurrency, 0, options.Duration);
        await report.WriteAsync("Profiled", [await Meter.MeasureAsync(subject, plan, options.Concurrency, cancellationToken)]);
    }
}
