using System.Text.Json;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Hosting;

namespace FlowGpt.Silo.Hosting;

/// <summary>
/// The upstream of a process that was given no account: the simulator on a loopback port, with a few accounts of its own for its FlowGPT face and
/// for its OpenAI-compatible face (tools, images, embeddings), so that the gateway can be tried at once. The model catalog says that it is a
/// demonstration.
/// </summary>
internal sealed class DemoUpstream : IAsyncDisposable
{
    private const int Accounts = 3;
    private const int RequestsPerMinute = 60;
    private const string Pool = "openai";

    // The accounts live as long as the process; a demonstration must not end because it ran for a week.
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromDays(3650);

    private readonly SimulatorHost _simulator;

    private DemoUpstream(SimulatorHost simulator) => _simulator = simulator;

    /// <summary>Whether the operator has named no account.</summary>
    public static bool IsNeeded(IConfiguration configuration) =>
        string.IsNullOrWhiteSpace(configuration["FlowGpt:Accounts:File"])
        && configuration.GetSection("FlowGpt:Accounts:Fields").GetChildren().All(static field => string.IsNullOrWhiteSpace(field.Value))
        && ProductFeatures
            .KindNames(configuration)
            .All(kind => string.IsNullOrWhiteSpace(configuration[$"FlowGpt:Accounts:Providers:{kind}:ApiKey"]));

    /// <summary>Starts the simulator, makes its accounts and configures the gateway to use them.</summary>
    public static async Task<DemoUpstream> StartAsync(
        IConfigurationManager configuration,
        Func<string, string, string> writeSecret,
        CancellationToken cancellationToken
    )
    {
        var simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions
            {
                AcceptUnknownAccounts = false,
                TokenLifetime = TokenLifetime,
                // About the pace of a real reply, so that a stream looks real.
                Behaviour = new BehaviourSettings
                {
                    FirstTokenDelay = TimeSpan.FromMilliseconds(150),
                    TokenDelay = TimeSpan.FromMilliseconds(15),
                },
            },
            cancellationToken
        );
        var file = writeSecret("demo-accounts.json", AccountsFile(simulator));
        configuration.AddInMemoryCollection([
            new("FlowGpt:Accounts:File", file),
            new("FlowGpt:Upstream:BaseUrl", simulator.Address.ToString()),
            new("FlowGpt:Models:IsDemo", "true"),
        ]);
        return new DemoUpstream(simulator);
    }

    public ValueTask DisposeAsync() => _simulator.DisposeAsync();

    private static string AccountsFile(SimulatorHost simulator)
    {
        var limits = new { requestsPerMinute = RequestsPerMinute };
        var names = Enumerable.Range(1, Accounts).Select(static i => $"demo-{i}").ToArray();
        var personas = names.Select(name =>
            (object)
                new
                {
                    name,
                    bearerToken = simulator.IssueToken(name),
                    deviceId = name.PadRight(21, '0'),
                    limits,
                }
        );
        var keys = names
            .Select(static name => $"{Pool}-{name}")
            .Select(name =>
                (object)
                    new
                    {
                        name,
                        pool = Pool,
                        apiKey = simulator.IssueApiKey(name),
                        limits,
                    }
            );
        var pools = new Dictionary<string, object>
        {
            [Pool] = new
            {
                kind = "openai",
                baseUrl = simulator.OpenAiAddress.ToString().TrimEnd('/'),
                discover = true,
            },
        };
        return JsonSerializer.Serialize(new { pools, accounts = personas.Concat(keys) });
    }
}
