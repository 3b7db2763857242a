using StackExchange.Redis;

namespace FlowGpt.Tests.Process.Faults;

/// <summary>What is in Redis, against the layout that is documented.</summary>
internal static class RedisKeys
{
    /// <summary>How every key of the deployment <c>flowgpt</c>, cluster <c>default</c>, begins: membership, grain state, reminders.</summary>
    public static readonly string[] Layout = ["flowgpt/members/default", "flowgpt/state/", "flowgpt/reminders"];

    /// <summary>The keys that are not of the layout.</summary>
    public static async Task<IReadOnlyList<string>> UnknownAsync(RedisProcess redis) =>
        [.. (await AllAsync(redis)).Where(key => !Layout.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal)))];

    /// <summary>Every key.</summary>
    public static async Task<IReadOnlyList<string>> AllAsync(RedisProcess redis)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Connection);
        var keys = new List<string>();
        await foreach (var key in connection.GetServer(redis.Connection).KeysAsync())
        {
            keys.Add(key.ToString());
        }

        return keys;
    }
}
