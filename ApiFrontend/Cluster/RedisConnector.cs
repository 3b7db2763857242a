using System.Net;
using FlowGpt.ApiFrontend.Configuration;
using StackExchange.Redis;

namespace FlowGpt.ApiFrontend.Cluster;

/// <summary>How every process of a cluster reaches Redis when it starts. A connection once made reconnects by itself.</summary>
public static class RedisConnector
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private const int ConnectTimeoutMilliseconds = 2000;

    /// <summary>Reads <c>REDIS_CONNECTION</c>, as <see cref="RedisAddress"/> does, and sets what every process of a cluster needs.</summary>
    /// <param name="connection">The text.</param>
    /// <param name="password">The password where the text has none; null or blank for none.</param>
    /// <exception cref="StartupException">It cannot be read.</exception>
    public static ConfigurationOptions Parse(string connection, string? password = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var configuration = RedisAddress.Parse(connection);
        if (string.IsNullOrEmpty(configuration.Password) && !string.IsNullOrWhiteSpace(password))
        {
            configuration.Password = password;
        }

        configuration.AbortOnConnectFail = true;
        // The start tries again; a single attempt shows soon whether a server answers.
        configuration.ConnectRetry = 1;
        configuration.ConnectTimeout = Math.Min(configuration.ConnectTimeout, ConnectTimeoutMilliseconds);
        // INFO, which shows whether records would be deleted when memory is full, counts as a command of an operator.
        configuration.AllowAdmin = true;
        configuration.ClientName ??= "flowgpt";
        return configuration;
    }

    /// <summary>Connects, trying again with a growing pause for as long as is allowed.</summary>
    /// <exception cref="StartupException">Redis cannot be reached. Names host and port, never the password.</exception>
    public static async Task<IConnectionMultiplexer> ConnectAsync(
        ConfigurationOptions configuration,
        TimeSpan within,
        TimeProvider time,
        TextWriter progress,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(progress);
        var endpoints = Describe(configuration);
        var started = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 > LongestPause ? LongestPause : pause * 2)
        {
            try
            {
                return await ConnectionMultiplexer.ConnectAsync(configuration);
            }
            catch (RedisConnectionException exception)
            {
                var trouble =
                    await RedisProbe.LookAsync(configuration, time, cancellationToken)
                    ?? new($"cannot be reached ({Reason(exception)})", "Correct host, port and password.", Answers: false);
                if (time.GetElapsedTime(started) + pause > within)
                {
                    throw new StartupException($"REDIS_CONNECTION: Redis at {endpoints} {trouble.Says}. {trouble.Fix}", exception);
                }

                await progress.WriteLineAsync($"Redis at {endpoints} {trouble.Says}; trying again in {pause.TotalSeconds:0.#} s.");
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    /// <summary>Every address, as <c>host:port</c>.</summary>
    internal static string Describe(ConfigurationOptions configuration) => string.Join(", ", configuration.EndPoints.Select(Describe));

    /// <summary>An endpoint as <c>host:port</c>.</summary>
    public static string Describe(EndPoint endpoint) => endpoint is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : endpoint?.ToString() ?? "";

    // The library's own message repeats the whole configuration.
    private static string Reason(RedisConnectionException exception) =>
        exception.FailureType switch
        {
            ConnectionFailureType.AuthenticationFailure => "the password or user is refused",
            ConnectionFailureType.UnableToResolvePhysicalConnection => "the host's name is unknown",
            ConnectionFailureType.UnableToConnect => "nothing answers there",
            var other => other.ToString(),
        };
}
