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
        if (options.Only.StartsWith(StampedUpstream.Model, StringComparison.Ordinal))
        {
            await PassThroughAsync(options, report, cancellationToken);
            return;
        }

        var mode = options.Only == GatewaySettings.Conversation ? GatewaySettings.Conversation : GatewaySettings.History;
        var tokens = ReplyPace.Instant.Tokens;
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        await using var gateway = await GatewayProcess.StartAsync(simulator.Address, Named(options, mode), cancellationToken);
        await ProfileAsync(gateway, Subject.Gateway(gateway, mode, true, tokens), options, report, cancellationToken);
    }

    private static async Task PassThroughAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var upstream = await StampedUpstream.StartAsync(ReplyPace.Instant, cancellationToken);
        var settings = PassThrough.To(upstream, Named(options, GatewaySettings.History));
        await using var gateway = await GatewayProcess.StartAsync(upstream.Address, settings, cancellationToken);
        var subject = PassThrough.Of("gateway", gateway, options.Only);
        await ProfileAsync(gateway, subject, options, report, cancellationToken);
    }

    // Both variables let perf name compiled methods; they cost nothing once those are compiled.
    private static GatewaySettings Named(BenchmarkOptions options, string mode) =>
        new(mode)
        {
            Folder = options.Floor.Gateways is [var first, ..] ? first.Folder : null,
            Variables = new Dictionary<string, string>(options.Variables)
            {
                ["DOTNET_PerfMapEnabled"] = "1",
                ["DOTNET_EnableWriteXorExecute"] = "0",
            },
        };

    private static async Task ProfileAsync(
        GatewayProcess gateway,
        Subject subject,
        BenchmarkOptions options,
        BenchmarkReport report,
        CancellationToken cancellationToken
    )
    {
        await Meter.WarmAsync(subject, new LoadPlan(options.Concurrency, options.Warmup * 3), cancellationToken);
        await Console.Error.WriteLineAsync($"# profile process {gateway.ProcessId} now, for {options.Duration.TotalSeconds} s");
        var plan = new LoadPlan(options.Concurrency, 0, options.Duration);
        await report.WriteAsync("Profiled", [await Meter.MeasureAsync(subject, plan, options.Concurrency, cancellationToken)]);
    }
}
