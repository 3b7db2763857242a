using System.Globalization;
using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>
/// What a request costs by the number of accounts, each with limits of every kind: each number is measured beside a gateway of 10 accounts, round by round in
/// turn, so that what else the machine does falls on both. Writes are those to Redis, with all accounts cold in the first round.
/// </summary>
internal sealed class AccountsScenario : IScenario
{
    public const string Name = "accounts";

    private const int Few = 10;
    private const int Requests = 5_000;
    private const int Concurrency = 32;
    private const int Rounds = 5;

    private static readonly int[] Many = [500, 5_000, 20_000];
    private static readonly int Tokens = ReplyPace.Instant.Tokens;

    private readonly MarkdownTable _table = new(
        "accounts",
        "right",
        "CPU s/1000",
        $"CPU to {Few} accounts",
        "writes/request, all cold",
        "writes/request, later rounds",
        "Redis MiB"
    );

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        foreach (var many in Many.Where(many => options.Only.Length == 0 || options.Only == many.ToString(CultureInfo.InvariantCulture)))
        {
            await using var few = await StartAsync(simulator, Few, options, cancellationToken);
            await using var large = await StartAsync(simulator, many, options, cancellationToken);
            await MeasureAsync(few, large, many, options, report, cancellationToken);
        }

        await report.WriteAsync($"{Tokens} tokens without delay, streamed, {Concurrency} at once, by the number of accounts", _table);
    }

    private async Task MeasureAsync(
        GatewayCluster few,
        GatewayCluster large,
        int many,
        BenchmarkOptions options,
        BenchmarkReport report,
        CancellationToken cancellationToken
    )
    {
        var requests = options.Requests ?? Requests;
        var (beside, subject) = (Subject.Cluster(few, $"{Few} accounts", Tokens), Subject.Cluster(large, $"{many} accounts", Tokens));
        await Meter.WarmAsync(beside, new LoadPlan(Concurrency, options.Warmup * 2), cancellationToken);
        var cold = await WritesAsync(large, () => Meter.TouchAsync(subject, new LoadPlan(Concurrency, requests), cancellationToken));
        await Meter.WarmAsync(subject, new LoadPlan(Concurrency, options.Warmup * 2), cancellationToken);
        var (ratios, cpu, writes, right) = (new List<double>(), new List<double>(), 0L, 0L);
        for (var round = 0; round < Rounds; round++)
        {
            var plan = new LoadPlan(Concurrency, requests);
            var one = await Meter.MeasureAsync(beside, plan, cancellationToken);
            Measurement other = null!;
            writes += await WritesAsync(large, async () => other = await Meter.MeasureAsync(subject, plan, cancellationToken));
            ratios.Add(other.CpuPerThousand!.Value / one.CpuPerThousand!.Value);
            cpu.Add(other.CpuPerThousand!.Value);
            right += other.Load.Right;
        }

        var ratio = new Spread(ratios);
        var total = (long)requests * Rounds;
        report.Add(new Bar($"CPU of a request, {many} accounts to {Few}", 1.5, ratio.Median));
        report.Add(new Bar($"writes to Redis for a request, {many} cold accounts", 0.05, (double)cold / requests));
        report.Add(new Bar($"wrong replies, {many} accounts", 0, total - right));
        _table.Add(
            many.ToString(CultureInfo.InvariantCulture),
            $"{right} of {total}",
            new Spread(cpu).Text(),
            ratio.Text(),
            BenchmarkReport.Text((double)cold / requests, "0.000"),
            BenchmarkReport.Text((double)writes / total, "0.000"),
            BenchmarkReport.Text((await large.Redis.CountAsync()).UsedBytes / 1048576.0, "0.0")
        );
    }

    private static Task<GatewayCluster> StartAsync(
        SimulatorProcess simulator,
        int accounts,
        BenchmarkOptions options,
        CancellationToken cancellationToken
    ) =>
        GatewayCluster.StartAsync(
            simulator.Address,
            new ClusterShape(1, 0),
            new GatewaySettings(GatewaySettings.History)
            {
                Accounts = accounts,
                Limited = true,
                Variables = options.Variables,
            },
            cancellationToken
        );

    private static async Task<long> WritesAsync(GatewayCluster cluster, Func<Task> work)
    {
        var before = await cluster.Redis.CountAsync();
        await work();
        return (await cluster.Redis.CountAsync()).Writes - before.Writes;
    }
}
