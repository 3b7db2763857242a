using System.Text;
using System.Text.Json.Nodes;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Storage;

namespace FlowGpt.Tests.Process.Conversations;

/// <summary>A silo with the API over a simulator, whose processes all use one data directory.</summary>
internal sealed class KeptSilo : IAsyncDisposable
{
    public const string AdminKey = Key + "-admin";

    private const string Key = "sk-client-key-of-this-test";

    private static int _lastOffset = 80;

    private readonly TemporaryDirectory _directory = new();
    private readonly SimulatorHost _simulator;
    private readonly int _port;
    private SiloProcess _silo = null!;
    private volatile TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private KeptSilo(SimulatorHost simulator)
    {
        _simulator = simulator;
        // Silos of tests that run at one time use different ports of a block, which no other test uses.
        var offset = Interlocked.Increment(ref _lastOffset);
        _port = LoopbackPort.Block(offset) + offset;
    }

    /// <summary>Completes when the silo serves; between two processes, when the next one serves.</summary>
    public Task IsUp => _up.Task;

    /// <summary>A client of every process of the silo.</summary>
    public HttpClient Http { get; private set; } = null!;

    public static async Task<KeptSilo> StartAsync()
    {
        var simulator = await SimulatorHost.StartAsync(new SimulatorOptions(), TestContext.Current.CancellationToken);
        var silo = new KeptSilo(simulator);
        var accounts = new JsonObject
        {
            ["accounts"] = new JsonArray([
                .. Enumerable
                    .Range(1, 4)
                    .Select(i => new JsonObject { ["name"] = $"a{i}", ["bearerToken"] = simulator.IssueToken($"a{i}") }),
            ]),
        };
        await File.WriteAllTextAsync(silo._directory.File("accounts.json"), accounts.ToJsonString());
        await silo.LaunchAsync();
        silo.Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 2000 })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{silo._port}"),
            Timeout = Soon.Limit,
        };
        silo.Http.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        return silo;
    }

    /// <summary><c>kill -9</c>, and a new process on the same data.</summary>
    public async Task KillAndRestartAsync()
    {
        _up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _silo.Host.KillAsync();
        await _silo.DisposeAsync();
        await LaunchAsync();
    }

    /// <summary>Posts JSON; the status and the body.</summary>
    public async Task<(int Status, string Body)> PostAsync(string path, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await Http.PostAsync(new Uri(path, UriKind.Relative), content);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _silo.DisposeAsync();
        await _simulator.DisposeAsync();
        _directory.Dispose();
    }

    private async Task LaunchAsync()
    {
        _silo = await SiloProcess.StartAsync(
            _directory,
            new Dictionary<string, string>
            {
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{_port}",
                ["API_MASTER_KEY"] = Key,
                ["ADMIN_API_KEY"] = AdminKey,
                ["FLOWGPT_ACCOUNTS_FILE"] = _directory.File("accounts.json"),
                ["FLOWGPT_BASE_URL"] = _simulator.Address.ToString(),
            }
        );
        _up.TrySetResult();
    }
}
