using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Scenarios;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Bars;

/// <summary>What an OpenAI-compatible upstream's text and tool calls cost beside YARP, by build of the gateway.</summary>
internal sealed class PassThroughScenario : IScenario
{
    public const string Name = "passthrough";

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var upstream = await StampedUpstream.StartAsync(ReplyPace.Instant, cancellationToken);
        await using var yarp = await YarpProcess.StartAsync(upstream.Address, cancellationToken);
        var builds = options.Floor.Gateways is { Count: > 0 } named ? named : [new("this build", null)];
        var gateways = new List<GatewayProcess>();
        try
        {
            foreach (var (_, folder) in builds)
            {
                var settings = new GatewaySettings(GatewaySettings.History) { Variables = options.Variables, Folder = folder };
                gateways.Add(await GatewayProcess.StartAsync(upstream.Address, PassThrough.To(upstream, settings), cancellationToken));
            }

            var table = new MarkdownTable("what", "CPU s/1000", "/ YARP", "/ first gateway");
            var all = new List<Measurement>();
            foreach (var model in StampedUpstream.Models.Where(model => model.Contains(options.Only, StringComparison.Ordinal)))
            {
                Subject[] subjects =
                [
                    .. gateways.Select((gateway, i) => PassThrough.Of(builds[i].Name, gateway, model)),
                    PassThrough.Of(yarp, model),
                ];
                var paired = new Paired(subjects);
                await paired.WarmAsync(new LoadPlan(options.Concurrency, options.Floor.WarmUp ?? 40_000), cancellationToken);
                await paired.MeasureAsync(
                    options.Floor.Rounds,
                    new LoadPlan(options.Concurrency, options.Requests ?? 10_000),
                    cancellationToken
                );
                paired.AddRows(table);
                all.AddRange(paired.All);
            }

            await report.WriteAsync("A chat completion from an OpenAI-compatible upstream", table);
            report.AddAllRight(Name, all);
        }
        finally
        {
            foreach (var gateway in gateways)
            {
                await gateway.DisposeAsync();
            }
        }
    }
}
