using System.Globalization;
using StackExchange.Redis;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>A real Redis on a loopback port, durable as in the shipped configuration. Needs <c>redis-server</c> on the path.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly IConnectionMultiplexer _connection;

    private RedisServer(ChildProcess process, IConnectionMultiplexer connection)
    {
        _process = process;
        _connection = connection;
    }

    /// <summary>For <c>REDIS_CONNECTION</c>.</summary>
    public string Connection => _process.Address.Authority;

    /// <summary>What it has used.</summary>
    public ProcessUsage Usage => _process.Usage;

    /// <param name="directory">Where its files are.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<RedisServer> StartAsync(string directory, CancellationToken cancellationToken)
    {
        var port = FreePort.Take();
        var address = new Uri($"redis://127.0.0.1:{port}");
        string[] arguments = ["--bind", "127.0.0.1", "--port", $"{port}", "--dir", directory, "--appendonly", "yes", "--save", ""];
        var process = await ChildProcess.StartAsync(
            "redis-server",
            arguments,
            TargetFiles.NoVariables,
            line => line.Contains("Ready to accept connections", StringComparison.Ordinal) ? address : null,
            cancellationToken
        );
        return new RedisServer(process, await ConnectionMultiplexer.ConnectAsync(address.Authority + ",allowAdmin=true"));
    }

    /// <summary>What it has done so far.</summary>
    public async Task<RedisCounters> CountAsync()
    {
        var server = _connection.GetServers()[0];
        var calls = new Dictionary<string, long>();
        foreach (var (name, value) in (await server.InfoAsync("commandstats")).SelectMany(section => section))
        {
            calls[name["cmdstat_".Length..]] = Number(value.Split(',')[0]["calls=".Length..]);
        }

        var figures = (await server.InfoAsync()).SelectMany(section => section).ToDictionary(pair => pair.Key, pair => pair.Value);
        return new RedisCounters(
            calls,
            Number(figures["total_net_input_bytes"]),
            Number(figures["used_memory"]),
            await server.DatabaseSizeAsync()
        );
    }

    /// <summary>Writes records of grains as the product writes them.</summary>
    /// <param name="records">Each one's key and JSON.</param>
    public async Task StoreAsync(IEnumerable<(string Key, byte[] Json)> records)
    {
        var database = _connection.GetDatabase();
        foreach (var some in records.Chunk(1_000))
        {
            await Task.WhenAll(some.Select(one => database.HashSetAsync(one.Key, [new("etag", "1"), new("data", one.Json)])));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _process.DisposeAsync();
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
