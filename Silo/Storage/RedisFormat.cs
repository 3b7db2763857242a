using FlowGpt.ApiFrontend.Configuration;
using StackExchange.Redis;

namespace FlowGpt.Silo.Storage;

/// <summary>
/// The form of the records that a cluster keeps in Redis, by a number under its own key. Redis with records of another form is refused and left as it is.
/// </summary>
internal static class RedisFormat
{
    /// <summary>The form that this program reads and writes: conversations hold items in pages.</summary>
    public const int Current = 2;

    private const int KeysAtOnce = 1000;

    /// <summary>Checks the form, and notes this program's form where Redis has no records yet.</summary>
    /// <param name="redis">The connection for state.</param>
    /// <param name="serviceId">The first part of every key.</param>
    /// <exception cref="StartupException">The records are of another form.</exception>
    public static async Task CheckAsync(IConnectionMultiplexer redis, string serviceId)
    {
        var database = redis.GetDatabase();
        RedisKey key = $"{serviceId}/format";
        if (await database.StringGetAsync(key) is { IsNull: false } noted)
        {
            Require(noted == Current, serviceId, noted!);
            return;
        }

        Require(!await HasRecordsAsync(redis, database, serviceId), serviceId, "1");
        // Another silo may start at the same time; both note the same.
        await database.StringSetAsync(key, Current, when: When.NotExists);
    }

    private static async Task<bool> HasRecordsAsync(IConnectionMultiplexer redis, IDatabase database, string serviceId)
    {
        foreach (var server in redis.GetServers().Where(static server => server is { IsConnected: true, IsReplica: false }))
        {
            await foreach (var _ in server.KeysAsync(database.Database, $"{serviceId}/state/*", KeysAtOnce))
            {
                return true;
            }
        }

        return false;
    }

    private static void Require(bool isReadable, string serviceId, string form)
    {
        if (!isReadable)
        {
            throw new StartupException(
                $"REDIS_CONNECTION: the records under \"{serviceId}/\" have form {form}, and this program reads form {Current}. They were left as they are. "
                    + "Use an empty Redis, another FlowGpt:Silo:ServiceId, or the program that wrote them."
            );
        }
    }
}
