namespace FlowGpt.Tests.Process;

/// <summary>A real Redis on a loopback port, durable as in the shipped configuration. Where Redis is not installed, the test is reported as skipped.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly string _directory;

    private RedisProcess(ProcessHost host, int port, string directory)
    {
        Host = host;
        Port = port;
        _directory = directory;
    }

    public ProcessHost Host { get; private set; }

    public int Port { get; }

    /// <summary>For <c>REDIS_CONNECTION</c>.</summary>
    public string Connection => $"127.0.0.1:{Port}";

    /// <summary>Starts an empty Redis whose files are in this directory.</summary>
    /// <param name="directory">The directory, which must exist.</param>
    /// <param name="fixedPort">The port; a free port unless given.</param>
    public static async Task<RedisProcess> StartAsync(string directory, int? fixedPort = null)
    {
        var port = fixedPort ?? LoopbackPort.Free();
        return new RedisProcess(await LaunchAsync(port, directory), port, directory);
    }

    /// <summary>Starts it again on the same port and files, after it was killed or stopped.</summary>
    public async Task RestartAsync()
    {
        await Host.DisposeAsync();
        Host = await LaunchAsync(Port, _directory);
    }

    /// <summary>Deletes all data, as after the loss of the disk, and starts Redis again. Redis must not be running.</summary>
    public Task RestartEmptyAsync()
    {
        Directory.Delete(Path.Combine(_directory, "appendonlydir"), recursive: true);
        return RestartAsync();
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private static async Task<ProcessHost> LaunchAsync(int port, string directory)
    {
        var host = ProcessHost.Start(
            ExternalProgram.RedisServer.PathOrSkip(),
            directory,
            new Dictionary<string, string>(),
            "--bind",
            "127.0.0.1",
            "--port",
            $"{port}",
            "--dir",
            directory,
            "--appendonly",
            "yes",
            "--save",
            ""
        );
        await host.WaitForOutputAsync(
            static output => output.Contains("Ready to accept connections", StringComparison.Ordinal) ? output : null,
            "Redis was ready"
        );
        return host;
    }
}
