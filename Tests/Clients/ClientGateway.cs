using System.Text.Json;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Process;

namespace FlowGpt.Tests.Clients;

/// <summary>All tests of clients share one running product.</summary>
[CollectionDefinition(nameof(OneGateway))]
public sealed class OneGateway : ICollectionFixture<ClientGateway>;

/// <summary>The product's process with a pool of each kind of provider: FlowGPT, which knows text alone, an OpenAI-compatible server and an Anthropic server.</summary>
public sealed class ClientGateway : IAsyncLifetime
{
    public const string Key = "sk-client-of-the-client-tests";

    /// <summary>Models of a text-only, an OpenAI-compatible and an Anthropic upstream.</summary>
    public static readonly string[] Models = ["flowgpt-free", "compatible-test", "claude-test"];

    private readonly TemporaryDirectory _directory = new();
    private SimulatorHost _simulator = null!;
    private SiloProcess _silo = null!;

    /// <summary>The gateway's address, without a slash at the end.</summary>
    public string Origin => _silo.Address.ToString().TrimEnd('/');

    /// <summary>A new empty directory for the caller.</summary>
    public string NewDirectory(string name) => Directory.CreateDirectory(_directory.File(name)).FullName;

    public async ValueTask InitializeAsync()
    {
        _simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions { AcceptUnknownAccounts = false },
            TestContext.Current.CancellationToken
        );
        await File.WriteAllTextAsync(_directory.File("accounts.json"), JsonSerializer.Serialize(Accounts()));
        _silo = await SiloProcess.StartAsync(
            _directory,
            new Dictionary<string, string>
            {
                ["API_MASTER_KEY"] = Key,
                ["ADMIN_API_KEY"] = Key + "-admin",
                ["FLOWGPT_ACCOUNTS_FILE"] = _directory.File("accounts.json"),
                ["FLOWGPT_BASE_URL"] = _simulator.Address.ToString(),
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _simulator.DisposeAsync();
        _directory.Dispose();
    }

    private object Accounts() =>
        new
        {
            pools = new
            {
                compatible = new { kind = "openai", baseUrl = _simulator.OpenAiAddress },
                claude = new { kind = "anthropic", baseUrl = _simulator.AnthropicAddress },
            },
            accounts = new object[]
            {
                new { name = "f1", bearerToken = _simulator.IssueToken("f1") },
                new
                {
                    name = "o1",
                    pool = "compatible",
                    apiKey = _simulator.IssueApiKey("o1"),
                },
                new
                {
                    name = "c1",
                    pool = "claude",
                    apiKey = _simulator.IssueApiKey("c1"),
                },
            },
            models = new object[]
            {
                new { id = "compatible-test", targets = new[] { new { pool = "compatible", model = "sim-large" } } },
                new { id = "claude-test", targets = new[] { new { pool = "claude", model = "sim-large" } } },
                new { id = "embed-test", targets = new[] { new { pool = "compatible", model = "sim-embed" } } },
            },
        };
}
