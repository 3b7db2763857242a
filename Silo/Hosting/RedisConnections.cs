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
    private RedisConnections(
        ConfigurationOptions configuration,
        IConnectionMultiplexer membership,
        IConnectionMultiplexer state,
        (ConfigurationOptions Configuration, IConnectionMultiplexer Redis)? conversations
    )
    {
        Configuration = configuration;
        Membership = membership;
        State = state;
        (ConversationsConfiguration, Conversations) = conversations ?? (configuration, state);
    }

    /// <summary>What they were made with. The providers ask for it even where they are given a connection.</summary>
    public ConfigurationOptions Configuration { get; }

    public IConnectionMultiplexer Membership { get; }

    public IConnectionMultiplexer State { get; }

    /// <summary>As <see cref="Configuration"/>, for <see cref="Conversations"/>.</summary>
    public ConfigurationOptions ConversationsConfiguration { get; }

    /// <summary>Where stored conversations and responses are: the same as <see cref="State"/> unless they have a separate Redis.</summary>
    public IConnectionMultiplexer Conversations { get; }

    /// <summary>Connects as <see cref="RedisConnector"/> does.</summary>
    /// <exception cref="StartupException">Redis cannot be reached, its address cannot be read, or it would delete records by itself.</exception>
    public static async Task<RedisConnections> ConnectAsync(
        RedisOptions options,
        TimeProvider time,
        TextWriter progress,
        CancellationToken cancellationToken
    )
    {
        var configuration = RedisConnector.Parse(options.Connection!, options.Password);
        var membership = await RedisConnector.ConnectAsync(configuration, options.ConnectWithin, time, progress, cancellationToken);
        try
        {
            await RedisEviction.CheckAsync(membership, progress);
            var state = await RedisConnector.ConnectAsync(configuration, options.ConnectWithin, time, progress, cancellationToken);
            try
            {
                return new RedisConnections(
                    configuration,
                    membership,
                    state,
                    await ConnectConversationsAsync(options, time, progress, cancellationToken)
                );
            }
            catch
            {
                await state.DisposeAsync();
                throw;
            }
        }
        catch
        {
            await membership.DisposeAsync();
            throw;
        }
    }

    private static async Task<(ConfigurationOptions, IConnectionMultiplexer)?> ConnectConversationsAsync(
        RedisOptions options,
        TimeProvider time,
        TextWriter progress,
        CancellationToken cancellationToken
    )
    {
        if (string.IsNullOrWhiteSpace(options.Conversations))
        {
            return null;
        }

        try
        {
            var configuration = RedisConnector.Parse(options.Conversations);
            var redis = await RedisConnector.ConnectAsync(configuration, options.ConnectWithin, time, progress, cancellationToken);
            try
            {
                await RedisEviction.CheckAsync(redis, progress);
                return (configuration, redis);
            }
            catch
            {
                await redis.DisposeAsync();
                throw;
            }
        }
        catch (StartupException exception)
        {
            throw new StartupException(
                exception.Message.Replace("REDIS_CONNECTION", "CONVERSATIONS_REDIS", StringComparison.Ordinal),
                exception
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Conversations != State)
        {
            await Conversations.DisposeAsync();
        }

        await State.DisposeAsync();
        await Membership.DisposeAsync();
    }
}
