using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Configuration;
using StackExchange.Redis;

namespace FlowGpt.Silo.Hosting;

/// <summary>
/// The process's connections to Redis: one for membership and one for state, so that a large record on its way cannot hold up the sign
/// of life.
/// </summary>
internal sealed class RedisConnections : IAsyncDisposable
{
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

    /// <summary>Connects as <see cref="RedisConnector"/> does.</summary>
    /// <exception cref="StartupException">Redis cannot be reached, its address cannot be read, or it would delete records by itself.</exception>
    public static async Task<RedisConnections> ConnectAsync(
        RedisOptions options,
        TimeProvider time,
        TextWriter progress,
        CancellationToken cancellationToken
    )
    {
        var configuration = RedisConnector.Parse(options.Connection!);
        var membership = await RedisConnector.ConnectAsync(configuration, options.ConnectWithin, time, progress, cancellationToken);
        try
        {
            await RedisEviction.CheckAsync(membership, progress);
            var state = await RedisConnector.ConnectAsync(configuration, options.ConnectWithin, time, progress, cancellationToken);
            return new RedisConnections(configuration, membership, state);
        }
        catch
        {
            await membership.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await State.DisposeAsync();
        await Membership.DisposeAsync();
    }
}
