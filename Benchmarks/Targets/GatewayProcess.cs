using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>The product as users run it: the silo executable in embedded mode, with a data directory and accounts of its own.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    /// <summary>The client key.</summary>
    public const string Key = "sk-benchmarks-are-not-a-secret";

    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(50);

    private readonly ChildProcess _process;
    private readonly DirectoryInfo _directory;

    private GatewayProcess(ChildProcess process, DirectoryInfo directory, IPEndPoint endPoint)
    {
        _process = process;
        _directory = directory;
        EndPoint = endPoint;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>The process's id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What it has used.</summary>
    public ProcessUsage Usage => _process.Usage;

    public static async Task<GatewayProcess> StartAsync(Uri upstream, GatewaySettings settings, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("flowgpt-benchmarks-");
        var accounts = Path.Combine(directory.FullName, "accounts.json");
        await File.WriteAllTextAsync(accounts, Accounts(settings), cancellationToken);
        var endPoint = FreeEndPoint();
        var environment = new Dictionary<string, string>(settings.Variables)
        {
            ["ASPNETCORE_URLS"] = $"http://{endPoint}",
            ["API_MASTER_KEY"] = Key,
            ["ADMIN_API_KEY"] = Key + "-either",
            ["DATA_DIRECTORY"] = Path.Combine(directory.FullName, "data"),
            ["FLOWGPT_ACCOUNTS_FILE"] = accounts,
            ["FLOWGPT_BASE_URL"] = upstream.ToString(),
            ["FLOWGPT_CONTEXT_MODE"] = settings.ContextMode,
        };
        var gateway = new GatewayProcess(ChildProcess.Start(TargetFiles.Silo, [], environment), directory, endPoint);
        try
        {
            await gateway.WaitReadyAsync(cancellationToken);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private async Task WaitReadyAsync(CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri($"http://{EndPoint}") };
        var started = TimeProvider.System.GetTimestamp();
        while (!await IsReadyAsync(client, cancellationToken))
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(started) > TargetFiles.StartDeadline)
            {
                throw _process.NotReady(_process.HasExited ? "ended before it was ready" : "was not ready in time");
            }

            await Task.Delay(ReadyPoll, TimeProvider.System, cancellationToken);
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string Accounts(GatewaySettings settings)
    {
        var now = TimeProvider.System.GetUtcNow();
        var accounts = Enumerable
            .Range(1, settings.Accounts)
            .Select(number =>
            {
                var name = $"bench-{number}";
                var account = new JsonObject
                {
                    ["name"] = name,
                    ["bearerToken"] = FakeToken.Mint(name, now, TimeSpan.FromDays(1)),
                    ["deviceId"] = FakeToken.DeviceId(name),
                };
                if (settings.Limited)
                {
                    account["limits"] = new JsonObject
                    {
                        ["requestsPerMinute"] = 1_000_000,
                        ["requestsPerDay"] = 100_000_000,
                        ["tokensPerMinute"] = 1_000_000_000,
                        ["maxConcurrent"] = 1_000,
                    };
                }

                return (JsonNode)account;
            });
        return new JsonObject { ["accounts"] = new JsonArray([.. accounts]) }.ToJsonString();
    }

    // Taken and given back: whoever takes it in between makes the start fail with a clear message.
    private static IPEndPoint FreeEndPoint()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }
}
