using FlowGpt.ApiFrontend.Configuration;
using StackExchange.Redis;

namespace FlowGpt.ApiFrontend.Cluster;

/// <summary>
/// Refuses a Redis that deletes records of its own accord when its memory is full: limits, keys and conversations would vanish without an error. Such a Redis
/// must answer writes with an error instead (<c>maxmemory-policy noeviction</c>, the default of Redis).
/// </summary>
public static class RedisEviction
{
    private const string Right = "noeviction";

    /// <summary>Reads the policy of every server that is connected.</summary>
    /// <param name="redis">The connection.</param>
    /// <param name="progress">Gets a line where a server does not report its policy.</param>
    /// <exception cref="StartupException">A server has another policy.</exception>
    public static async Task CheckAsync(IConnectionMultiplexer redis, TextWriter progress)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentNullException.ThrowIfNull(progress);
        foreach (var server in redis.GetServers().Where(static server => server.IsConnected))
        {
            var endpoint = RedisConnector.Describe(server.EndPoint);
            switch (await PolicyOfAsync(server))
            {
                case null:
                    await progress.WriteLineAsync(
                        $"Redis at {endpoint} does not tell its maxmemory-policy. Make sure that the policy is {Right}; with any other, records are lost when memory is full."
                    );
                    break;
                case Right:
                    break;
                case var policy:
                    throw new StartupException(
                        $"REDIS_CONNECTION: Redis at {endpoint} has maxmemory-policy {policy}, so it deletes records when its memory is full. "
                            + $"Set maxmemory-policy {Right}, or name a Redis of its own for this cluster."
                    );
            }
        }
    }

    /// <summary>The policy in what INFO answers; null when the answer does not name one.</summary>
    public static string? PolicyIn(string info)
    {
        ArgumentNullException.ThrowIfNull(info);
        const string field = "maxmemory_policy:";
        foreach (var line in info.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(field, StringComparison.Ordinal))
            {
                return line[field.Length..].Trim().ToString();
            }
        }

        return null;
    }

    private static async Task<string?> PolicyOfAsync(IServer server)
    {
        try
        {
            return await server.InfoRawAsync("memory") is { } info ? PolicyIn(info) : null;
        }
        catch (Exception exception) when (exception is RedisException or RedisCommandException)
        {
            // Hosted services forbid the command to some users.
            return null;
        }
    }
}
