using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>
/// What many requests leave behind: each makes a conversation of its own that lives for one reply. The heap is collected before it is
/// looked at, so that what is left is what is kept.
/// </summary>
internal sealed class MemoryScenario : IScenario
{
    public const string Name = "memory";

    private const int Requests = 200_000;
    private const int Steps = 4;
    private const int Concurrency = 64;
    private const double Mebibyte = 1024 * 1024;

    private readonly MarkdownTable _table = new("after", "RSS MiB", "collected, RSS MiB", "heap MiB");

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        var settings = new GatewaySettings(GatewaySettings.Conversation) { Variables = options.Variables };
        await using var gateway = await GatewayProcess.StartAsync(simulator.Address, settings, cancellationToken);
        var subject = Subject.Gateway(gateway, GatewaySettings.Conversation, true, ReplyPace.Instant.Tokens);
        await Meter.WarmAsync(subject, new LoadPlan(Concurrency, options.Warmup), cancellationToken);
        var idle = await LookAsync("warm-up", gateway, cancellationToken);
        var requests = options.Requests ?? Requests;
        var last = idle;
        for (var step = 1; step <= Steps; step++)
        {
            var measured = await Meter.MeasureAsync(subject, new LoadPlan(Concurrency, requests / Steps), cancellationToken);
            report.AddAllRight($"memory, part {step}", [measured]);
            last = await LookAsync($"{requests / Steps * step} requests", gateway, cancellationToken);
        }

        await report.WriteAsync($"Memory after one-shot requests, {Concurrency} at once", _table);
        report.Add(new Bar($"MiB grown over {requests} requests, collected", 150, last - idle));
    }

    /// <returns>Mebibytes of resident memory after a collection.</returns>
    private async Task<double> LookAsync(string after, GatewayProcess gateway, CancellationToken cancellationToken)
    {
        var before = gateway.Usage.ResidentBytes() / Mebibyte;
        var heap = await HeapCollector.CollectAsync(gateway.ProcessId, cancellationToken) / Mebibyte;

        // Freed memory goes back to the system a little later.
        await Meter.RestAsync(gateway.Usage, cancellationToken);
        var collected = gateway.Usage.ResidentBytes() / Mebibyte;
        _table.Add(after, BenchmarkReport.Text(before, "0"), BenchmarkReport.Text(collected, "0"), BenchmarkReport.Text(heap, "0"));
        return collected;
    }
}
