using System.Diagnostics;
using FlowGpt.Benchmarks.Report;
using FlowGpt.Benchmarks.Targets;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Silo.Hosting;
using Orleans.Configuration;
using StackExchange.Redis;

namespace FlowGpt.Benchmarks.Scenarios;

/// <summary>How many leases one pool grants and takes back in a second, by where the callers are. Two silos and a client, in this process.</summary>
internal sealed class PoolScenario : IScenario
{
    public const string Name = "pool";

    private const string Pool = "flowgpt";
    private const int Pairs = 100_000;
    private const int Callers = 64;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(2);

    private readonly MarkdownTable _table = new("callers", "pairs/s", "CPU s/1000 pairs");

    public async Task RunAsync(BenchmarkOptions options, BenchmarkReport report, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("flowgpt-benchmarks-");
        try
        {
            var accounts = Path.Combine(directory.FullName, "accounts.json");
            var settings = new GatewaySettings(GatewaySettings.History) { Limited = true };
            await AccountsFile.WriteAsync(accounts, settings, cancellationToken);
            await using var redis = await RedisServer.StartAsync(directory.FullName, cancellationToken);
            await using var owner = await StartSiloAsync(redis, accounts, directory.FullName, cancellationToken);
            await TakeUpAsync(owner.Services);
            await using var other = await StartSiloAsync(redis, accounts, directory.FullName, cancellationToken);
            using var client = await StartClientAsync(redis, cancellationToken);
            (string Where, IServiceProvider Services)[] callers =
            [
                ("on the pool's own silo", owner.Services),
                ("on another silo", other.Services),
                ("in a client outside", client.Services),
            ];

            // All share the process and most of the code: whoever came first would pay for its compilation.
            foreach (var (_, services) in callers)
            {
                await CallAsync(services, options);
            }

            foreach (var (where, services) in callers)
            {
                await MeasureAsync(where, services, options);
            }

            await client.StopAsync(cancellationToken);
            await StopAsync(other);
            await StopAsync(owner);
            await report.WriteAsync(
                $"Acquire and settle, {Callers} callers, {settings.Accounts} accounts with limits of every kind",
                _table
            );
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    // The first call decides where the pool lives: while there is one silo, there.
    private static async Task TakeUpAsync(IServiceProvider services) =>
        await services.GetRequiredService<IGrainFactory>().GetGrain<ITokenPoolGrain>(Pool).GetSnapshot();

    private async Task MeasureAsync(string callers, IServiceProvider services, BenchmarkOptions options)
    {
        using var self = Process.GetCurrentProcess();
        var (cpu, started) = (self.TotalProcessorTime, Stopwatch.GetTimestamp());
        var pairs = await CallAsync(services, options);
        var took = Stopwatch.GetElapsedTime(started);
        self.Refresh();
        _table.Add(
            callers,
            BenchmarkReport.Text(pairs / took.TotalSeconds, "0"),
            BenchmarkReport.Text((self.TotalProcessorTime - cpu).TotalSeconds / pairs * 1000, "0.000")
        );
    }

    private static async Task<int> CallAsync(IServiceProvider services, BenchmarkOptions options)
    {
        var pool = services.GetRequiredService<IGrainFactory>().GetGrain<ITokenPoolGrain>(Pool);
        var holder = services.GetService<ILocalSiloDetails>()?.SiloAddress.ToParsableString() ?? "";
        var pairs = options.Requests ?? Pairs;
        await CallAsync(pool, holder, pairs);
        return pairs;
    }

    private static async Task CallAsync(ITokenPoolGrain pool, string holder, int pairs)
    {
        var left = pairs;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(CallOneAfterTheOtherAsync)));

        async Task CallOneAfterTheOtherAsync()
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var lease = await AcquireAsync(pool, holder);
                await pool.Settle(new Settlement(lease.Id, true, 80, null, TimeSpan.Zero, lease.Account));
            }
        }
    }

    private static async Task<Lease> AcquireAsync(ITokenPoolGrain pool, string holder)
    {
        var answer = await pool.Acquire(new AcquireRequest("bench", "bench", "gpt-4-free", null, [], 100, 0, LongestWait, holder));
        while (answer is AcquireResult.Queued { Ticket: var ticket })
        {
            answer = await pool.Await(ticket, LongestPoll, CancellationToken.None);
        }

        return answer is AcquireResult.Granted { Lease: var lease }
            ? lease
            : throw new InvalidOperationException($"The pool refused although its limits are out of reach: {answer}.");
    }

    private static async Task<SiloApplication> StartSiloAsync(
        RedisServer redis,
        string accounts,
        string directory,
        CancellationToken cancellationToken
    )
    {
        string[] arguments =
        [
            "--FlowGpt:Logging:Level=Error",
            "--urls=http://127.0.0.1:0",
            $"--API_MASTER_KEY={GatewayProcess.Key}",
            $"--ADMIN_API_KEY={GatewayProcess.Key}-either",
            $"--REDIS_CONNECTION={redis.Connection}",
            $"--FLOWGPT_ACCOUNTS_FILE={accounts}",
            $"--CLUSTER_TLS={TargetFiles.Certificates(directory)}/silo",
            "--FlowGpt:Silo:AdvertisedAddress=127.0.0.1",
            $"--FlowGpt:Silo:SiloPort={FreePort.Take()}",
            $"--FlowGpt:Silo:GatewayPort={FreePort.Take()}",
        ];
        var silo = await SiloApplication.BuildAsync(arguments, directory, TextWriter.Null, cancellationToken);
        await silo.StartAsync(cancellationToken);
        return silo;
    }

    private static Task StopAsync(SiloApplication silo) => silo.Services.GetRequiredService<IHost>().StopAsync();

    private static async Task<IHost> StartClientAsync(RedisServer redis, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = ("flowgpt", "default"));
            client.UseRedisClustering(clustering => clustering.ConfigurationOptions = ConfigurationOptions.Parse(redis.Connection));
        });
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return host;
    }
}
