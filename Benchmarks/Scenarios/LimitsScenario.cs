using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>What it costs that accounts have limits of every kind, and that there are many accounts.</summary>
internal sealed class LimitsScenario : IScenario
{
    public const string Name = "limits";

    private const int Requests = 3_000;

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        var tokens = ReplyPace.Instant.Tokens;
        var measurements = new List<Measurement>();
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        foreach (var (accounts, limited) in ((int, bool)[])[(20, false), (20, true), (500, false), (500, true)])
        {
            var settings = new GatewaySettings(GatewaySettings.History)
            {
                Accounts = accounts,
                Limited = limited,
                Variables = options.Variables,
            };
            await using var gateway = await GatewayProcess.StartAsync(simulator.Address, settings, cancellationToken);
            var subject = Subject.Gateway(gateway, $"{accounts} accounts, {(limited ? "all limits" : "no limits")}", true, tokens);
            await Meter.WarmAsync(subject, new LoadPlan(32, options.Warmup * 2), cancellationToken);
            var plan = new LoadPlan(32, options.Requests ?? Requests);
            measurements.Add(await Meter.MeasureAsync(subject, plan, options.Warmup, cancellationToken));
        }

        await report.WriteAsync("Accounts and limits, history mode, streamed", measurements);
        report.AddAllRight("accounts and limits", measurements);
    }
}
