using FlowGpt.Admin.Contracts;
using FlowGpt.Benchmarks.Load;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>
/// What ten open dashboards cost a gateway, idle and under load: each listens to the live feed and reads what the overview shows every five seconds, as the page does. Without and
/// with them in turn, for the same time each.
/// </summary>
internal sealed class DashboardsScenario : IScenario
{
    public const string Name = "dashboards";

    private const int Dashboards = 10;
    private const int Rounds = 3;

    /// <summary>A rate that leaves the machine room: what is added shows as CPU time and not as fewer requests.</summary>
    private const int Users = 4;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly MarkdownTable _table = new("round", "idle", "idle, 10 dashboards", "load, s/1000", "load, 10 dashboards, s/1000");

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        await using var simulator = await SimulatorProcess.StartAsync(ReplyPace.Instant, cancellationToken);
        var settings = new GatewaySettings(GatewaySettings.Conversation) { Variables = options.Variables };
        await using var gateway = await GatewayProcess.StartAsync(simulator.Address, settings, cancellationToken);
        var subject = Subject.Gateway(gateway, GatewaySettings.Conversation, true, ReplyPace.Instant.Tokens);
        var plan = new LoadPlan(Users, 0, options.Duration);
        await Meter.WarmAsync(subject, plan with { Requests = options.Warmup, Duration = null }, cancellationToken);
        await WithDashboardsAsync(gateway, () => Task.Delay(Every * 2, TimeProvider.System, cancellationToken), cancellationToken);
        var (without, with) = (0d, 0d);
        for (var round = 1; round <= Rounds; round++)
        {
            var idle = await IdleAsync(gateway, options.Duration, cancellationToken);
            var watched = 0d;
            await WithDashboardsAsync(
                gateway,
                async () => watched = await IdleAsync(gateway, options.Duration, cancellationToken),
                cancellationToken
            );
            var load = await LoadAsync(gateway, subject, plan, cancellationToken);
            var both = 0d;
            await WithDashboardsAsync(
                gateway,
                async () => both = await LoadAsync(gateway, subject, plan, cancellationToken),
                cancellationToken
            );
            (without, with) = (without + idle, with + watched);
            _table.Add($"{round}", $"{idle:0.0} %", $"{watched:0.0} %", $"{load:0.00}", $"{both:0.00}");
        }

        await report.WriteAsync($"{Dashboards} open dashboards: CPU of the gateway, in percent of one core, and of 1000 requests", _table);
        report.Add(new Bar($"% of one core that {Dashboards} dashboards add", 2, (with - without) / Rounds));
    }

    /// <returns>Percent of one core.</returns>
    private static async Task<double> IdleAsync(GatewayProcess gateway, TimeSpan duration, CancellationToken cancellationToken)
    {
        var before = gateway.Usage.CpuSeconds();
        await Task.Delay(duration, TimeProvider.System, cancellationToken);
        return (gateway.Usage.CpuSeconds() - before) / duration.TotalSeconds * 100;
    }

    /// <returns>CPU seconds of 1000 requests.</returns>
    private static async Task<double> LoadAsync(GatewayProcess gateway, Subject subject, LoadPlan plan, CancellationToken cancellationToken)
    {
        var before = gateway.Usage.CpuSeconds();
        var load = await LoadGenerator.RunAsync(subject.MakeClient, plan, cancellationToken);
        return (gateway.Usage.CpuSeconds() - before) / load.Requests * 1000;
    }

    private static async Task WithDashboardsAsync(GatewayProcess gateway, Func<Task> act, CancellationToken cancellationToken)
    {
        using var close = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var open = Enumerable.Range(0, Dashboards).Select(_ => ShowAsync(gateway, close.Token)).ToArray();
        await act();
        await close.CancelAsync();
        await Task.WhenAll(open);
    }

    private static async Task ShowAsync(GatewayProcess gateway, CancellationToken closed)
    {
        using var http = gateway.NewAdmin();
        var admin = new AdminClient(http);
        try
        {
            var listening = ListenAsync(admin, closed);
            using var timer = new PeriodicTimer(Every, TimeProvider.System);
            do
            {
                var day = TimeProvider.System.GetUtcNow().AddHours(-23);
                await Task.WhenAll(
                    admin.Pools.ListAsync(closed),
                    admin.Cluster.GetAsync(closed),
                    admin.Usage.GetAsync(new() { Start = day, BucketWidth = "1h" }, closed),
                    admin.Usage.GetAsync(new() { Start = day, BucketWidth = "total" }, closed),
                    admin.Live.AttentionAsync(closed)
                );
            } while (await timer.WaitForNextTickAsync(closed));
            await listening;
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            // The dashboard is closed.
        }
    }

    private static async Task ListenAsync(AdminClient admin, CancellationToken closed)
    {
        await foreach (var _ in admin.Live.ListenAsync(closed)) { }
    }
}
