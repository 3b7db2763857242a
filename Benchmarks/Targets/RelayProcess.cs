using System.Net;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>The <see cref="BareRelay"/> as a separate process: this executable with the verb <see cref="Verb"/>.</summary>
internal sealed class RelayProcess : IAsyncDisposable
{
    public const string Verb = "relay";

    private readonly ChildProcess _process;

    private RelayProcess(ChildProcess process) => _process = process;

    /// <inheritdoc cref="ChildProcess.EndPoint"/>
    public IPEndPoint EndPoint => _process.EndPoint;

    /// <summary>What it has used.</summary>
    public ProcessUsage Usage => _process.Usage;

    public static async Task<RelayProcess> StartAsync(Uri upstream, CancellationToken cancellationToken) =>
        new(
            await ChildProcess.StartAsync(
                TargetFiles.Self,
                [Verb, upstream.ToString()],
                TargetFiles.NoVariables,
                TargetFiles.ReadAddress,
                cancellationToken
            )
        );

    /// <summary>What the child process runs, until its input is closed.</summary>
    public static async Task ServeAsync(string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var upstream = new HttpClient(handler) { BaseAddress = new Uri(arguments[0]) };
        await using var app = builder.Build();
        BareRelay.Map(app, upstream, new RelayAccount(TimeProvider.System));
        await app.StartAsync();
        await Console.Out.WriteLineAsync(TargetFiles.ReadyPrefix + app.Urls.First());
        await Console.In.ReadLineAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
