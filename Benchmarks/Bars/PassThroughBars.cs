using System.Collections.Concurrent;
using System.Diagnostics;
using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Scenarios;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Bars;

/// <summary>What a chat completion costs that comes from an OpenAI-compatible upstream, and how much later its tokens come.</summary>
internal sealed class PassThroughBars(BarsTable table, List<Measurement> all)
{
    // About half of what the gateway can do on two cores that it shares with the load.
    private const int StreamsAtOnce = 100;

    public async Task MeasureAsync(GatewaySettings settings, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await CostAsync(settings, options, cancellationToken);
        await DelayAsync(settings, options, cancellationToken);
    }

    private async Task CostAsync(GatewaySettings settings, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var upstream = await StampedUpstream.StartAsync(ReplyPace.Instant, cancellationToken);
        await using var yarp = await YarpProcess.StartAsync(upstream.Address, cancellationToken);
        await using var gateway = await GatewayProcess.StartAsync(upstream.Address, PassThrough.To(upstream, settings), cancellationToken);
        foreach (var model in StampedUpstream.Models)
        {
            var pair = new Paired(PassThrough.Of("gateway", gateway, model), PassThrough.Of(yarp, model));
            // The next models find much of what they use compiled.
            var warmUp = options.Floor.WarmUp ?? (model == StampedUpstream.Model ? 40_000 : 20_000);
            await pair.WarmAsync(new LoadPlan(options.Concurrency, warmUp), cancellationToken);
            await pair.MeasureAsync(
                options.Floor.Rounds,
                new LoadPlan(options.Concurrency, options.Requests ?? (model == StampedUpstream.Model ? 10_000 : 5_000)),
                cancellationToken
            );
            table.Add($"CPU, openai to openai, {WhatOf(model)}: ours / YARP", pair.RatioTo(1), 2.5, 1.6);
            all.AddRange(pair.All);
        }
    }

    private static string WhatOf(string model) =>
        model switch
        {
            StampedUpstream.FlushedModel => "text, each token in a write of its own",
            StampedUpstream.CallingModel => "a tool call, each token in a write of its own",
            _ => "text in one write",
        };

    private async Task DelayAsync(GatewaySettings settings, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var tokens = ReplyPace.Slow.Tokens;
        await using var upstream = await StampedUpstream.StartAsync(ReplyPace.Slow, cancellationToken);
        await using var gateway = await GatewayProcess.StartAsync(upstream.Address, PassThrough.To(upstream, settings), cancellationToken);
        var (through, direct) = (new ConcurrentBag<long[]>(), new ConcurrentBag<long[]>());
        var ours = new Subject(
            "gateway, stamped tokens",
            _ => new StampedClient(gateway.EndPoint, GatewayProcess.Key, tokens, through),
            gateway.Usage
        );
        var theirs = new Subject(
            "direct, stamped tokens",
            _ => new StampedClient(upstream.EndPoint, GatewayProcess.Key, tokens, direct),
            null
        );
        var fast = PassThrough.Of("gateway", gateway, StampedUpstream.FlushedModel);
        await Meter.WarmAsync(fast, new LoadPlan(options.Concurrency, options.Floor.WarmUp ?? 40_000), cancellationToken);
        await Meter.WarmAsync(ours, new LoadPlan(StreamsAtOnce, StreamsAtOnce * 2), cancellationToken);
        through.Clear();
        for (var round = 0; round < options.Floor.Rounds; round++)
        {
            all.Add(await Meter.MeasureAsync(ours, new LoadPlan(StreamsAtOnce, StreamsAtOnce * 2), cancellationToken));
            all.Add(await Meter.MeasureAsync(theirs, new LoadPlan(StreamsAtOnce, StreamsAtOnce * 2), cancellationToken));
        }

        table.Add("ms between a token's write and its arrival, p50, less the direct way's", Added(through, direct, 50), 0.3, 0.1);
        table.Add("the same, p99", Added(through, direct, 99), 3, 1);
    }

    private static double Added(ConcurrentBag<long[]> through, ConcurrentBag<long[]> direct, double percentile) =>
        Percentile(through, percentile) - Percentile(direct, percentile);

    private static double Percentile(ConcurrentBag<long[]> delays, double percentile)
    {
        long[] ordered = [.. delays.SelectMany(static one => one).Order()];
        return ordered[(int)Math.Ceiling(percentile / 100 * ordered.Length) - 1] * 1000.0 / Stopwatch.Frequency;
    }
}
