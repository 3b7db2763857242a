using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Scenarios;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Bars;

/// <summary>What a cluster of 2 silos and 2 frontends with mutual TLS costs beside one process, by build of the gateway.</summary>
internal sealed class SplitScenario : IScenario
{
    public const string Name = "split";

    private const int WarmUp = 60_000;

    private static readonly int Tokens = ReplyPace.Instant.Tokens;

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        var builds = options.Floor.Gateways is { Count: > 0 } named ? named : [new("this build", null)];
        var clusters = new List<GatewayCluster>();
        try
        {
            var settings = new GatewaySettings(GatewaySettings.Conversation) { Variables = options.Variables };
            foreach (var (_, folder) in builds)
            {
                clusters.Add(
                    await GatewayCluster.StartAsync(
                        simulator.Address,
                        new ClusterShape(2, 2),
                        settings with
                        {
                            Folder = folder,
                        },
                        cancellationToken
                    )
                );
            }

            await using var one = await GatewayProcess.StartAsync(
                simulator.Address,
                settings with
                {
                    Folder = builds[0].Folder,
                },
                cancellationToken
            );
            Subject[] subjects =
            [
                .. clusters.Select((cluster, i) => Subject.Cluster(cluster, builds[i].Name, Tokens)),
                Subject.Gateway(one, "one process of the first build", true, Tokens),
            ];
            var paired = new Paired(subjects);
            await paired.WarmAsync(new LoadPlan(options.Concurrency, options.Floor.WarmUp ?? WarmUp), cancellationToken);
            await paired.MeasureAsync(
                options.Floor.Rounds,
                new LoadPlan(options.Concurrency, options.Requests ?? 10_000),
                cancellationToken
            );
            var table = new MarkdownTable("what", "CPU s/1000", "/ one process", "/ first build");
            paired.AddRows(table);
            await report.WriteAsync("2 silos and 2 frontends with mutual TLS", table);
            report.AddAllRight(Name, paired.All);
        }
        finally
        {
            foreach (var cluster in clusters)
            {
                await cluster.DisposeAsync();
            }
        }
    }
}
