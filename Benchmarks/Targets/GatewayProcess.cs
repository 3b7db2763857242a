using System.Net;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>The product as users run it: the silo executable in embedded mode, with a data directory and accounts of its own.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    /// <summary>The client key.</summary>
    public const string Key = "sk-benchmarks-are-not-a-secret";

    private readonly ChildProcess _process;
    private readonly DirectoryInfo _directory;

    private GatewayProcess(ChildProcess process, DirectoryInfo directory)
    {
        _process = process;
        _directory = directory;
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
            ["ADMIN_API_KEY"] = Key + "-either",
            ["DATA_DIRECTORY"] = Path.Combine(directory.FullName, "data"),
            ["FLOWGPT_ACCOUNTS_FILE"] = accounts,
            ["FLOWGPT_BASE_URL"] = upstream.ToString(),
            ["FLOWGPT_CONTEXT_MODE"] = settings.ContextMode,
        };
        try
        {
            var process = await ChildProcess.StartAsync(TargetFiles.Silo, [], environment, TargetFiles.ReadReady, cancellationToken);
            return new GatewayProcess(process, directory);
        }
        catch
        {
            directory.Delete(recursive: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
