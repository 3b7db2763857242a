using System.Text.Json;
using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Process.Nginx;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>
/// A split cluster of real processes in which a test makes faults: Redis, silos, API processes, nginx with the shipped configuration, and the
/// simulator in this process as the upstream, which also counts violations of limits.
/// </summary>
internal sealed class FaultCluster : IAsyncDisposable
{
    public const string MasterKey = "sk-faults-client-0123456789";
    public const string AdminKey = "sk-faults-admin-0123456789";
    public const string Model = "gpt-4-free";

    /// <summary>How long anything here may take before the test fails; far longer than the product needs.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private const int SiloOffset = 10;
    private const int GatewayOffset = 30;
    private const int FrontendOffset = 70;

    private readonly TemporaryDirectory _directory = new();
    private readonly FaultClusterOptions _options;
    private readonly List<ClusterMember> _silos = [];
    private readonly List<ClusterMember> _frontends = [];
    private readonly int _basePort;
    private IHost _client = null!;

    private FaultCluster(FaultClusterOptions options)
    {
        _options = options;
        _basePort = LoopbackPort.Block([0, .. Range(SiloOffset), .. Range(GatewayOffset), .. Range(FrontendOffset)]);
    }

    public IReadOnlyList<ClusterMember> Silos => _silos;

    public IReadOnlyList<ClusterMember> Frontends => _frontends;

    public RedisProcess Redis { get; private set; } = null!;

    public NginxProcess Nginx { get; private set; } = null!;

    public SimulatorHost Simulator { get; private set; } = null!;

    /// <summary>Calls grains as a frontend does, from this process.</summary>
    public IGrainFactory Grains => _client.Services.GetRequiredService<IGrainFactory>();

    /// <summary>A connection to Redis that reconnects by itself.</summary>
    public IConnectionMultiplexer RedisClient => _client.Services.GetRequiredService<IConnectionMultiplexer>();

    public ITokenPoolGrain Pool => Grains.GetGrain<ITokenPoolGrain>("flowgpt");

    public FaultClusterOptions Options => _options;

    /// <summary>The books when they were last seen to be at rest; null before that.</summary>
    public RestedBooks? Rested { get; set; }

    /// <summary>What must not be in any log: the keys and the accounts' tokens.</summary>
    public IReadOnlyList<string> Secrets { get; private set; } = [];

    /// <summary>Starts all processes. Where redis-server or nginx is not installed, the running test is reported as skipped.</summary>
    public static async Task<FaultCluster> StartAsync(FaultClusterOptions? options = null)
    {
        ExternalProgram.RedisServer.PathOrSkip();
        ExternalProgram.Nginx.PathOrSkip();
        var cluster = new FaultCluster(options ?? new FaultClusterOptions());
        try
        {
            await cluster.LaunchAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A further silo, not yet started.</summary>
    public ClusterMember AddSilo()
    {
        var number = _silos.Count + 1;
        var silo = new ClusterMember(
            $"silo-{number}",
            _basePort + SiloOffset + number,
            "\"Ready on ",
            () =>
                ProcessHost.Start(
                    "FlowGpt.Silo",
                    _directory.Path,
                    Settings(
                        new()
                        {
                            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                            ["FlowGpt__Silo__Api"] = "false",
                            ["FlowGpt__Silo__AdvertisedAddress"] = "127.0.0.1",
                            ["FlowGpt__Silo__SiloPort"] = $"{_basePort + SiloOffset + number}",
                            ["FlowGpt__Silo__GatewayPort"] = $"{_basePort + GatewayOffset + number}",
                        },
                        _options.SiloSettings
                    )
                )
        );
        _silos.Add(silo);
        return silo;
    }

    /// <summary>Stops a silo, which is no part of the cluster from then on.</summary>
    public async Task RemoveAsync(ClusterMember silo)
    {
        _silos.Remove(silo);
        if (silo.IsRunning)
        {
            await silo.StopAsync();
        }

        await silo.DisposeAsync();
        KeepLog(silo);
    }

    /// <summary>Takes this API process out of nginx, so that nothing new reaches it, or puts all back in when it is null.</summary>
    public Task ServeWithoutAsync(ClusterMember? frontend) => Nginx.ReloadAsync(Servers(frontend));

    /// <summary>
    /// Ends frozen processes, starts those that do not run, and returns when every silo is an active member and answers, so that the next fault begins with
    /// a whole cluster.
    /// </summary>
    public async Task MakeWholeAsync()
    {
        // Repeated, since a silo that was frozen ends itself only when it notices that the others have declared it dead.
        await ClusterQuestions.UntilActiveAsync(
            Grains,
            [.. _silos.Select(silo => silo.Port)],
            async () =>
            {
                foreach (var member in _silos.Concat(_frontends).Where(static member => member.IsFrozen || !member.IsRunning))
                {
                    await member.StartAsync();
                }
            }
        );
    }

    /// <summary>The silo that has the pool now.</summary>
    public async Task<ClusterMember> SiloOfPoolAsync()
    {
        var port = await ClusterQuestions.PortOfPoolAsync(Grains, Pool);
        return _silos.Single(silo => silo.Port == port);
    }

    /// <summary>A silo that has conversations and no pool.</summary>
    public async Task<ClusterMember> SiloWithoutPoolAsync()
    {
        var pool = await SiloOfPoolAsync();
        return _silos.First(silo => silo != pool && silo.IsRunning);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            // Not an orderly stop: the rest of the cluster may have ended.
            _client.Dispose();
        }

        foreach (var member in _frontends.Concat(_silos))
        {
            await member.DisposeAsync();
            KeepLog(member);
        }

        foreach (var part in (IAsyncDisposable?[])[Nginx, Redis, Simulator])
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        _directory.Dispose();
    }

    internal static void KeepLog(ClusterMember member)
    {
        if (FaultSettings.Logs is { Length: > 0 } directory)
        {
            Directory.CreateDirectory(directory);
            File.WriteAllText(Path.Combine(directory, $"{member.Name}.log"), member.Output);
        }
    }

    private async Task LaunchAsync()
    {
        Simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions { AcceptUnknownAccounts = false, ExchangeCapacity = 10_000 },
            TestContext.Current.CancellationToken
        );
        WriteAccounts();
        var redis = Directory.CreateDirectory(_directory.File("redis")).FullName;
        Redis = await RedisProcess.StartAsync(redis, _basePort);
        for (var i = 0; i < _options.Silos; i++)
        {
            AddSilo();
        }

        for (var i = 1; i <= _options.Frontends; i++)
        {
            AddFrontend(i);
        }

        // The first silo makes the tables that the others use.
        await _silos[0].StartAsync();
        await Task.WhenAll(_silos.Skip(1).Concat(_frontends).Select(member => member.StartAsync()));
        Nginx = await NginxProcess.StartAsync(Servers(without: null));
        _client = await ConnectAsync();
        await MakeWholeAsync();
        await WarmUpAsync();
    }

    /// <summary>On a busy machine the first requests of new processes take longer than a start may, and are then booked as estimates.</summary>
    private async Task WarmUpAsync()
    {
        await using var load = await ContinuousLoad.StartAsync(this);
        await load.StopAsync();
    }

    private void WriteAccounts()
    {
        foreach (var account in _options.Accounts)
        {
            Simulator.Truth.ConfigureAccount(account.Name, account.ToTruth());
        }

        var file = JsonSerializer.SerializeToNode(new { accounts = _options.Accounts.Select(account => account.ToFile(Simulator)) })!;
        Secrets = [MasterKey, AdminKey, .. file["accounts"]!.AsArray().Select(account => (string)account!["bearerToken"]!)];
        File.WriteAllText(_directory.File("accounts.json"), file.ToJsonString());
    }

    private void AddFrontend(int number)
    {
        var port = _basePort + FrontendOffset + number;
        var settings = Settings(new() { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}" }, _options.FrontendSettings);
        _frontends.Add(
            new($"api-{number}", port, "\"Ready on ", () => ProcessHost.Start("FlowGpt.ApiFrontend", _directory.Path, settings))
        );
    }

    private Dictionary<string, string> Settings(Dictionary<string, string> own, IReadOnlyDictionary<string, string>? further = null)
    {
        own["REDIS_CONNECTION"] = Redis.Connection;
        own["API_MASTER_KEY"] = MasterKey;
        own["ADMIN_API_KEY"] = AdminKey;
        own["FLOWGPT_ACCOUNTS_FILE"] = _directory.File("accounts.json");
        own["FLOWGPT_BASE_URL"] = Simulator.Address.ToString();
        own["REQUEST_TIMEOUT"] = $"{_options.RequestTimeout.TotalSeconds:0}";
        foreach (var (name, value) in further ?? new Dictionary<string, string>())
        {
            own[name] = value;
        }

        return own;
    }

    private async Task<IHost> ConnectAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["FlowGpt:Redis:Connection"] = Redis.Connection;
        builder.Logging.ClearProviders();
        var redis = await ConnectionMultiplexer.ConnectAsync(Redis.Connection);
        builder.AddClusterClient(
            redis,
            ClusterCertificates.Load(TestCertificates.For(ClusterRole.Api), ClusterRole.Api, TimeProvider.System.GetUtcNow())
        );
        // Disposed together with the host, which disposes its services.
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => redis);
        var host = builder.Build();
        host.Services.GetRequiredService<IConnectionMultiplexer>();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    private IEnumerable<string> Servers(ClusterMember? without) =>
        _frontends.Select(frontend => $"127.0.0.1:{frontend.Port}{(frontend == without ? " down" : "")}");

    private static IEnumerable<int> Range(int offset) => Enumerable.Range(offset + 1, 8);
}
