namespace FlowGpt.Tests.Process;

/// <summary>A real Redis on a loopback port, durable as in the shipped configuration. Where Redis is not installed, the test is reported as skipped.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly string _directory;

    private readonly string[] _ports;
    private readonly string[] _settings;

    private RedisProcess(ProcessHost host, int port, string directory, string[] ports, string[] settings)
    {
        Host = host;
        Port = port;
        _directory = directory;
        _ports = ports;
        _settings = settings;
    }

    public ProcessHost Host { get; private set; }

    public int Port { get; }

    /// <summary>For <c>REDIS_CONNECTION</c>.</summary>
    public string Connection => $"127.0.0.1:{Port}";

    /// <summary>Starts an empty Redis whose files are in this directory.</summary>
    /// <param name="directory">The directory, which must exist.</param>
    /// <param name="fixedPort">The port; a free port unless given.</param>
    /// <param name="settings">Further arguments.</param>
    public static Task<RedisProcess> StartAsync(string directory, int? fixedPort = null, params string[] settings)
    {
        var port = fixedPort ?? LoopbackPort.Free();
        return StartAsync(directory, port, ["--port", $"{port}"], settings);
    }

    /// <summary>As the other, with TLS alone, and without a question for the client's certificate.</summary>
    public static Task<RedisProcess> StartWithTlsAsync(string directory, string certificate, string key)
    {
        var port = LoopbackPort.Free();
        string[] tls =
        [
            "--tls-cert-file",
            certificate,
            "--tls-key-file",
            key,
            "--tls-ca-cert-file",
            certificate,
            "--tls-auth-clients",
            "no",
        ];
        return StartAsync(directory, port, ["--port", "0", "--tls-port", $"{port}"], tls);
    }

    private static async Task<RedisProcess> StartAsync(string directory, int port, string[] ports, string[] settings) =>
        new(await LaunchAsync(ports, directory, settings), port, directory, ports, settings);

    /// <summary>Starts it again on the same port and files, after it was killed or stopped.</summary>
    public async Task RestartAsync()
    {
        await Host.DisposeAsync();
        Host = await LaunchAsync(_ports, _directory, _settings);
    }

    /// <summary>Deletes all data, as after the loss of the disk, and starts Redis again. Redis must not be running.</summary>
    public Task RestartEmptyAsync()
    {
        Directory.Delete(Path.Combine(_directory, "appendonlydir"), recursive: true);
        return RestartAsync();
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    private static async Task<ProcessHost> LaunchAsync(string[] ports, string directory, string[] settings)
    {
        var host = ProcessHost.Start(
            ExternalProgram.RedisServer.PathOrSkip(),
            directory,
            new Dictionary<string, string>(),
            ["--bind", "127.0.0.1", .. ports, "--dir", directory, "--appendonly", "yes", "--save", "", .. settings]
        );
        await host.WaitForOutputAsync(
            static output => output.Contains("Ready to accept connections", StringComparison.Ordinal) ? output : null,
            "Redis was ready"
        );
        return host;
    }
}
