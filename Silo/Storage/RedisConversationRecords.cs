using FlowGpt.Grains.Conversations.Sums;
using FlowGpt.Grains.Interfaces.Conversations;
using StackExchange.Redis;

namespace FlowGpt.Silo.Storage;

/// <summary>
/// Counts the records of conversations in Redis: lists keys some at a time, so that no other command waits long, and asks for the lengths of those that count.
/// </summary>
/// <param name="redis">The connection for state.</param>
/// <param name="serviceId">The first part of every key.</param>
internal sealed class RedisConversationRecords(IConnectionMultiplexer redis, string serviceId) : IConversationRecords
{
    private const int KeysAtOnce = 1000;

    // The field of a record's hash that holds the state, as the Orleans provider writes it.
    private const string Field = "data";

    private readonly string _prefix = $"{serviceId}/state/";

    /// <inheritdoc/>
    public async Task<bool> ReadAsync(int most, Action<ClientConversations> take, CancellationToken cancellationToken)
    {
        var database = redis.GetDatabase();
        var looked = 0;
        foreach (var server in redis.GetServers().Where(static server => server is { IsConnected: true, IsReplica: false }))
        {
            var some = new List<(RedisKey Key, string Client, string State)>(KeysAtOnce);
            await foreach (var key in server.KeysAsync(database.Database, $"{_prefix}*", KeysAtOnce).WithCancellation(cancellationToken))
            {
                if (++looked > most)
                {
                    await TakeAsync(database, some, take);
                    return true;
                }

                if (Parse(key!, _prefix) is var (client, state))
                {
                    some.Add((key, client, state));
                }

                if (some.Count == KeysAtOnce)
                {
                    await TakeAsync(database, some, take);
                    some.Clear();
                }
            }

            await TakeAsync(database, some, take);
        }

        return false;
    }

    /// <summary>The client and the state of a record of a conversation; null for any other record.</summary>
    internal static (string Client, string State)? Parse(string key, string prefix)
    {
        // A record's key is: prefix, the grain's type, its key, and the state.
        var begin = key.IndexOf('/', prefix.Length) + 1;
        var end = key.LastIndexOf('/');
        if (begin == 0 || end <= begin)
        {
            return null;
        }

        var state = key[(end + 1)..];
        var clientEnd = key.IndexOf("/c/", begin, StringComparison.Ordinal);
        return IConversationRecords.States.Contains(state) && clientEnd > begin && clientEnd < end ? (key[begin..clientEnd], state) : null;
    }

    private static async Task TakeAsync(
        IDatabase database,
        List<(RedisKey Key, string Client, string State)> records,
        Action<ClientConversations> take
    )
    {
        var lengths = await Task.WhenAll(records.Select(record => database.HashStringLengthAsync(record.Key, Field)));
        for (var at = 0; at < lengths.Length; at++)
        {
            var (_, client, state) = records[at];
            take(new(client, state == "conversation" ? 1 : 0, state == "response" ? 1 : 0, 1, lengths[at], null));
        }
    }
}
