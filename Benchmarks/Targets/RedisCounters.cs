namespace FlowGpt.Benchmarks.Targets;

/// <summary>What a Redis counts of itself, since it started.</summary>
/// <param name="Calls">Calls of each command, scripts' own calls included.</param>
/// <param name="InputBytes">Bytes that it was sent.</param>
/// <param name="UsedBytes">Memory of its data now.</param>
/// <param name="Keys">Keys now.</param>
internal sealed record RedisCounters(IReadOnlyDictionary<string, long> Calls, long InputBytes, long UsedBytes, long Keys)
{
    // Commands that change a key. Everything else that a silo sends reads, runs one of these from a script, or keeps a connection.
    private static readonly string[] WriteCommands =
    [
        "set",
        "setex",
        "psetex",
        "del",
        "unlink",
        "hset",
        "hmset",
        "hdel",
        "hsetnx",
        "hincrby",
        "expire",
        "pexpire",
        "expireat",
        "pexpireat",
        "incr",
        "incrby",
        "zadd",
        "zrem",
        "sadd",
        "srem",
        "rpush",
        "lpush",
    ];

    /// <summary>Calls that changed a key.</summary>
    public long Writes => WriteCommands.Sum(name => Calls.GetValueOrDefault(name));

    /// <summary>Calls that read one.</summary>
    public long Reads =>
        Calls.GetValueOrDefault("get")
        + Calls.GetValueOrDefault("hget")
        + Calls.GetValueOrDefault("hgetall")
        + Calls.GetValueOrDefault("hmget");
}
