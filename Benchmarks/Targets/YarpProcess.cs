using System.Net;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>
/// A reverse proxy that changes nothing, with YARP: this executable with the verb <see cref="Verb"/>. It is what any HTTP hop on this
/// platform costs at least.
/// </summary>
internal sealed class YarpProcess : IAsyncDisposable
{
    public const string Verb = "yarp";

    private readonly ChildProcess _process;

    private YarpProcess(ChildProcess process) => _process = process;

    /// <inheritdoc cref="ChildProcess.EndPoint"/>
    public IPEndPoint EndPoint => _process.EndPoint;

    /// <summary>What it has used.</summary>
    public ProcessUsage Usage => _process.Usage;

    public static async Task<YarpProcess> StartAsync(Uri upstream, CancellationToken cancellationToken)
    {
        return new YarpProcess(
            await ChildProcess.StartAsync(
                TargetFiles.Self,
                [Verb, upstream.ToString()],
                TargetFiles.NoVariables,
                TargetFiles.ReadAddress,
                cancellationToken
            )
        );
    }

    /// <summary>What the child process runs, until its input is closed.</summary>
    public static async Task ServeAsync(string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHttpForwarder();
        await using var app = builder.Build();
        app.MapForwarder("/{**path}", arguments[0]);
        await app.StartAsync();
        await Console.Out.WriteLineAsync(TargetFiles.ReadyPrefix + app.Urls.First());
        await Console.In.ReadLineAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
