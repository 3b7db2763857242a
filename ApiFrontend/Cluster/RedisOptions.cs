using System.ComponentModel.DataAnnotations;

namespace FlowGpt.ApiFrontend.Cluster;

/// <summary>The Redis of the cluster mode. Section <see cref="Section"/>.</summary>
public sealed class RedisOptions
{
    public const string Section = "FlowGpt:Redis";

    /// <summary>
    /// Where Redis is: <c>host:6379,password=…,ssl=true</c> as StackExchange.Redis writes it, or <c>rediss://user:password@host:6379</c> (<c>REDIS_CONNECTION</c>). Set: this process is part of a cluster.
    /// Not set: it is embedded.
    /// </summary>
    public string? Connection { get; set; }

    /// <summary>
    /// A separate Redis for stored conversations and responses, in the same form (<c>CONVERSATIONS_REDIS</c>), so that clients cannot fill the Redis that the
    /// cluster lives by. Not set: they are in <see cref="Connection"/>. Changing it leaves behind what is stored.
    /// </summary>
    public string? Conversations { get; set; }

    /// <summary>The password of Redis, where <see cref="Connection"/> has none (<c>REDIS_PASSWORD</c>).</summary>
    public string? Password { get; set; }

    /// <summary>How long a start waits for a Redis that cannot be reached before it gives up. Default: 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ConnectWithin { get; set; } = TimeSpan.FromSeconds(60);
}
