using System.Net;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>
/// A reverse proxy that changes nothing, with YARP: this executable with the verb <see cref="Verb"/>. It is what any HTTP hop on this
/// platform costs at least.
/// </summary>
internal sealed class YarpProcess : IAsyncDisposable
{
    public const string Verb = "yarp";

    private const string ReadyPrefix = "yarp ready on ";

    private readonly ChildProcess _process;

    private YarpProcess(ChildProcess process, Uri address)
    {
        _process = process;
        EndPoint = IPEndPoint.Parse(address.Authority);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>What it has used.</summary>
    public ProcessUsage Usage => _process.Usage;

    public static async Task<YarpProcess> StartAsync(Uri upstream, CancellationToken cancellationToken)
    {
        var process = ChildProcess.Start(TargetFiles.Self, [Verb, upstream.ToString()], TargetFiles.NoVariables, ReadyPrefix);
        try
        {
            return new YarpProcess(process, new Uri(await process.ReadyLineAsync(TargetFiles.StartDeadline, cancellationToken)));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
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
        await Console.Out.WriteLineAsync(ReadyPrefix + app.Urls.First());
        await Console.In.ReadLineAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
