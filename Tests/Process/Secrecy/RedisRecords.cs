using StackExchange.Redis;

namespace FlowGpt.Tests.Process.Secrecy;

/// <summary>Every key of a Redis with its value, of any type.</summary>
internal static class RedisRecords
{
    public static async Task<List<(string Key, byte[] Value)>> ReadAsync(string configuration)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(configuration);
        var records = new List<(string Key, byte[] Value)>();
        await foreach (var key in connection.GetServers().Single().KeysAsync())
        {
            var database = connection.GetDatabase();
            var value = await database.KeyTypeAsync(key) switch
            {
                RedisType.String => [await database.StringGetAsync(key)],
                RedisType.Hash => (await database.HashGetAllAsync(key)).SelectMany(static pair => (RedisValue[])[pair.Name, pair.Value]),
                RedisType.Set => await database.SetMembersAsync(key),
                RedisType.List => await database.ListRangeAsync(key),
                RedisType.SortedSet => await database.SortedSetRangeByRankAsync(key),
                var other => throw new NotSupportedException($"{key} is a {other}."),
            };
            records.Add((key.ToString(), [.. value.SelectMany(static part => (byte[])[.. (byte[]?)part ?? [], (byte)'|'])]));
        }

        return records;
    }

    /// <summary>Sets a password for a running Redis.</summary>
    public static async Task ProtectAsync(string configuration, string password)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{configuration},allowAdmin=true");
        await connection.GetServers().Single().ConfigSetAsync("requirepass", password);
    }
}
