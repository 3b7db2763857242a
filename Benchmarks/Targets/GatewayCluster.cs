using System.Net;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>The product as a cluster: silo and API processes on a Redis, by configuration only.</summary>
internal sealed class GatewayCluster : IAsyncDisposable
{
    private readonly List<ChildProcess> _processes = [];
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("flowgpt-benchmarks-");
    private IPEndPoint[] _endPoints = [];
    private int _lastUser;

    private GatewayCluster() { }

    /// <summary>The Redis.</summary>
    public RedisServer Redis { get; private set; } = null!;

    /// <summary>What silos and frontends have used together, without Redis.</summary>
    public ProcessUsage Usage { get; private set; } = null!;

    /// <summary>The process of the first silo.</summary>
    public int FirstSilo => _processes[0].Id;

    /// <summary>The API for the next user: each in turn, as a load balancer would.</summary>
    public IPEndPoint NextEndPoint => _endPoints[Interlocked.Increment(ref _lastUser) % _endPoints.Length];

    /// <summary>A client with the admin key.</summary>
    public HttpClient NewAdmin() => GatewayProcess.AdminOf(NextEndPoint);

    public static async Task<GatewayCluster> StartAsync(
        Uri upstream,
        ClusterShape shape,
        GatewaySettings settings,
        CancellationToken cancellationToken
    )
    {
        var cluster = new GatewayCluster();
        try
        {
            await cluster.LaunchAsync(upstream, shape, settings, cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
        }

        if (Redis is not null)
        {
            await Redis.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }

    private async Task LaunchAsync(Uri upstream, ClusterShape shape, GatewaySettings settings, CancellationToken cancellationToken)
    {
        var accounts = Path.Combine(_directory.FullName, "accounts.json");
        await AccountsFile.WriteAsync(accounts, settings, cancellationToken);
        var certificates = TargetFiles.Certificates(_directory.FullName);
        Redis = await RedisServer.StartAsync(_directory.FullName, cancellationToken);
        for (var silo = 0; silo < shape.Silos; silo++)
        {
            _processes.Add(await StartAsync(TargetFiles.Silo));
        }

        for (var frontend = 0; frontend < shape.Frontends; frontend++)
        {
            _processes.Add(await StartAsync(TargetFiles.Frontend));
        }

        _endPoints = [.. _processes.Skip(shape.Frontends == 0 ? 0 : shape.Silos).Select(process => process.EndPoint)];
        Usage = new ProcessUsage([.. _processes.Select(process => process.Id)]);

        Task<ChildProcess> StartAsync(string name) =>
            ChildProcess.StartAsync(
                name == TargetFiles.Silo ? TargetFiles.SiloOf(settings.Folder) : TargetFiles.FrontendOf(settings.Folder),
                [],
                new Dictionary<string, string>(settings.Variables)
                {
                    ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                    ["API_MASTER_KEY"] = GatewayProcess.Key,
                    ["ADMIN_API_KEY"] = GatewayProcess.Key + "-either",
                    ["REDIS_CONNECTION"] = Redis.Connection,
                    ["CLUSTER_TLS"] = $"{certificates}/{(name == TargetFiles.Silo ? "silo" : "api")}",
                    ["FLOWGPT_ACCOUNTS_FILE"] = accounts,
                    ["FLOWGPT_BASE_URL"] = upstream.ToString(),
                    ["FLOWGPT_CONTEXT_MODE"] = settings.ContextMode,
                    ["FlowGpt__Silo__Api"] = shape.Frontends == 0 ? "true" : "false",
                    ["FlowGpt__Silo__AdvertisedAddress"] = "127.0.0.1",
                    ["FlowGpt__Silo__SiloPort"] = $"{FreePort.Take()}",
                    ["FlowGpt__Silo__GatewayPort"] = $"{FreePort.Take()}",
                },
                TargetFiles.ReadReady,
                cancellationToken
            );
    }
}
