using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Scenarios;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Many;

/// <summary>What 2,000 models of the accounts file cost: the start, the list that clients ask for, and each request.</summary>
internal static class ManyModels
{
    private const int Models = 2_000;
    private const int Starts = 3;
    private const int Lists = 100;
    private const int Concurrency = 32;
    private const int Requests = 3_000;
    private const int Rounds = 5;

    private static readonly int Tokens = ReplyPace.Instant.Tokens;

    public static async Task MeasureAsync(
        SimulatorProcess simulator,
        BenchmarkOptions options,
        BenchmarkReport report,
        CancellationToken cancellationToken
    )
    {
        var few = new GatewaySettings(GatewaySettings.History) { Variables = options.Variables };
        var (small, smallStart) = await StartAsync(simulator, few, cancellationToken);
        await using var beside = small;
        var (large, largeStart) = await StartAsync(simulator, few with { Models = Models }, cancellationToken);
        await using var subject = large;
        var (fewBytes, fewList) = await ListAsync(small, cancellationToken);
        var (bytes, list) = await ListAsync(large, cancellationToken);
        var request = await RatioAsync(small, large, options, report, cancellationToken);
        var table = new MarkdownTable("models", "s to the start", "KiB of /v1/models", "ms for it, p50", "CPU of a request, ratio");
        table.Add("those of the product", smallStart.Text(), BenchmarkReport.Text(fewBytes / 1024.0, "0"), fewList.Text(), "1");
        table.Add($"{Models} more", largeStart.Text(), BenchmarkReport.Text(bytes / 1024.0, "0"), list.Text(), request.Text());
        await report.WriteAsync("Many models", table);
        report.Add(new Bar($"s to the start with {Models} models, to that without them", 1.5, largeStart.Median / smallStart.Median));
        report.Add(new Bar($"ms for /v1/models with {Models} models, p50", 50, list.Median));
        report.Add(new Bar($"CPU of a request with {Models} models, to that without them", 1.5, request.Median));
    }

    /// <summary>Starts a gateway several times; the last one stays.</summary>
    private static async Task<(GatewayProcess Gateway, Spread Seconds)> StartAsync(
        SimulatorProcess simulator,
        GatewaySettings settings,
        CancellationToken cancellationToken
    )
    {
        var times = new List<double>();
        while (true)
        {
            var start = TimeProvider.System.GetTimestamp();
            var gateway = await GatewayProcess.StartAsync(simulator.Address, settings, cancellationToken);
            times.Add(TimeProvider.System.GetElapsedTime(start).TotalSeconds);
            await Meter.RestAsync(gateway.Usage, cancellationToken);
            if (times.Count == Starts)
            {
                return (gateway, new(times));
            }

            await gateway.DisposeAsync();
        }
    }

    private static async Task<(int Bytes, Spread Milliseconds)> ListAsync(GatewayProcess gateway, CancellationToken cancellationToken)
    {
        using var http = gateway.NewClient();
        var bytes = 0;
        var times = new List<double>();
        for (var i = 0; i < Lists * 2; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            bytes = (await http.GetByteArrayAsync("/v1/models", cancellationToken)).Length;
            times.Add(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
        }

        return (bytes, new(times[Lists..]));
    }

    private static async Task<Spread> RatioAsync(
        GatewayProcess small,
        GatewayProcess large,
        BenchmarkOptions options,
        BenchmarkReport report,
        CancellationToken cancellationToken
    )
    {
        var (one, other) = (
            Subject.Gateway(small, "the product's models", stream: true, Tokens),
            Subject.Gateway(large, $"{Models} models", stream: true, Tokens)
        );
        var plan = new LoadPlan(Concurrency, options.Requests ?? Requests);
        foreach (var subject in (Subject[])[one, other])
        {
            await Meter.WarmAsync(subject, plan with { Requests = options.Warmup * 2 }, cancellationToken);
        }

        var ratios = new List<double>();
        var all = new List<Measurement>();
        for (var round = 0; round < Rounds; round++)
        {
            var first = await Meter.MeasureAsync(one, plan, cancellationToken);
            var second = await Meter.MeasureAsync(other, plan, cancellationToken);
            ratios.Add(second.CpuPerThousand!.Value / first.CpuPerThousand!.Value);
            all.AddRange([first, second]);
        }

        report.AddAllRight("models", all);
        return new(ratios);
    }
}
