using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>The product as users run it: the silo executable in embedded mode, with a data directory and accounts of its own.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    /// <summary>The client key.</summary>
    public const string Key = "sk-benchmarks-are-not-a-secret";

    private const string AdminKey = Key + "-either";

    private readonly ChildProcess _process;
    private readonly DirectoryInfo _directory;
    private readonly string _accounts;

    private GatewayProcess(ChildProcess process, DirectoryInfo directory, string accounts)
    {
        _process = process;
        _directory = directory;
        _accounts = accounts;
    }

    /// <inheritdoc cref="ChildProcess.EndPoint"/>
    public IPEndPoint EndPoint => _process.EndPoint;

    /// <summary>The process's id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What it has used.</summary>
    public ProcessUsage Usage => _process.Usage;

    public static async Task<GatewayProcess> StartAsync(Uri upstream, GatewaySettings settings, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("flowgpt-benchmarks-");
        var accounts = Path.Combine(directory.FullName, "accounts.json");
        await AccountsFile.WriteAsync(accounts, settings, cancellationToken);
        var environment = new Dictionary<string, string>(settings.Variables)
        {
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["API_MASTER_KEY"] = Key,
            ["ADMIN_API_KEY"] = AdminKey,
            ["DATA_DIRECTORY"] = Path.Combine(directory.FullName, "data"),
            ["FLOWGPT_ACCOUNTS_FILE"] = accounts,
            ["FLOWGPT_BASE_URL"] = upstream.ToString(),
            ["FLOWGPT_CONTEXT_MODE"] = settings.ContextMode,
        };
        try
        {
            var process = await ChildProcess.StartAsync(
                TargetFiles.SiloOf(settings.Folder),
                [],
                environment,
                TargetFiles.ReadReady,
                cancellationToken
            );
            return new GatewayProcess(process, directory, accounts);
        }
        catch
        {
            directory.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Puts another accounts file in the place of the present one, at once.</summary>
    public void ReplaceAccounts(string content)
    {
        var made = _accounts + ".new";
        File.WriteAllText(made, content);
        File.Move(made, _accounts, overwrite: true);
    }

    /// <summary>Makes a client key as an operator would.</summary>
    /// <param name="settings">The body of the request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> CreateKeyAsync(JsonObject settings, CancellationToken cancellationToken)
    {
        using var http = NewAdmin();
        using var content = new StringContent(settings.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        using var answer = await http.PostAsync("/admin/keys", content, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!["key"]!;
    }

    /// <summary>A client with the admin key.</summary>
    public HttpClient NewAdmin() => AdminOf(EndPoint);

    /// <summary>A client with the client key.</summary>
    public HttpClient NewClient() => ClientOf(EndPoint, Key);

    /// <summary>A client with the admin key of a gateway.</summary>
    public static HttpClient AdminOf(IPEndPoint gateway) => ClientOf(gateway, AdminKey);

    private static HttpClient ClientOf(IPEndPoint gateway, string key)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://{gateway}/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
