using System.Net;
using FlowGpt.ApiFrontend.Configuration;
using StackExchange.Redis;

namespace FlowGpt.Silo.Hosting;

/// <summary>
/// The process's connections to Redis: one for membership and one for state, so that a large record on its way cannot hold up the sign
/// of life. Once made they reconnect by themselves.
/// </summary>
internal sealed class RedisConnections : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private const int ConnectTimeoutMilliseconds = 2000;

    private RedisConnections(ConfigurationOptions configuration, IConnectionMultiplexer membership, IConnectionMultiplexer state)
    {
        Configuration = configuration;
        Membership = membership;
        State = state;
    }

    /// <summary>What they were made with. The providers ask for it even where they are given a connection.</summary>
    public ConfigurationOptions Configuration { get; }

    public IConnectionMultiplexer Membership { get; }

    public IConnectionMultiplexer State { get; }

    /// <summary>Connects, trying again with a growing pause for as long as the options say.</summary>
    /// <exception cref="StartupException">Redis cannot be reached, or its address cannot be read. Names host and port, never the password.</exception>
    public static async Task<RedisConnections> ConnectAsync(
        RedisOptions options,
        TimeProvider time,
        TextWriter progress,
        CancellationToken cancellationToken
    )
    {
        var configuration = Parse(options.Connection!);
        var endpoints = string.Join(", ", configuration.EndPoints.Select(Describe));
        var started = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 > LongestPause ? LongestPause : pause * 2)
        {
            try
            {
                var membership = await ConnectionMultiplexer.ConnectAsync(configuration);
                return new RedisConnections(configuration, membership, await ConnectionMultiplexer.ConnectAsync(configuration));
            }
            catch (RedisConnectionException exception)
            {
                if (time.GetElapsedTime(started) + pause > options.ConnectWithin)
                {
                    throw new StartupException(
                        $"REDIS_CONNECTION: Redis at {endpoints} cannot be reached ({Reason(exception)}). "
                            + "Start it, or correct host, port and password.",
                        exception
                    );
                }

                await progress.WriteLineAsync($"Redis at {endpoints} cannot be reached yet; trying again in {pause.TotalSeconds:0.#} s.");
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await State.DisposeAsync();
        await Membership.DisposeAsync();
    }

    /// <summary>An endpoint as <c>host:port</c>.</summary>
    internal static string Describe(EndPoint endpoint) =>
        endpoint is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : endpoint.ToString() ?? "";

    private static ConfigurationOptions Parse(string connection)
    {
        try
        {
            var configuration = ConfigurationOptions.Parse(connection);
            configuration.AbortOnConnectFail = true;
            // The start has its own patience; one attempt tells soon whether anything is there.
            configuration.ConnectRetry = 1;
            configuration.ConnectTimeout = Math.Min(configuration.ConnectTimeout, ConnectTimeoutMilliseconds);
            configuration.ClientName ??= "flowgpt";
            return configuration.EndPoints.Count > 0 ? configuration : throw new ArgumentException("it names no host");
        }
        catch (ArgumentException exception)
        {
            throw new StartupException(
                "REDIS_CONNECTION: cannot be read. Give host:port, with options behind commas, for example localhost:6379,password=....",
                exception
            );
        }
    }

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
