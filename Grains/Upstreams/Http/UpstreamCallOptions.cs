using System.Globalization;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>Limits of the calls of a provider kind that is reached over HTTP.</summary>
public abstract class UpstreamCallOptions
{
    /// <summary>Longest wait for a new connection, TLS included.</summary>
    /// <value>Seconds, 0.001 to 3600, default 10.</value>
    public double ConnectTimeoutSeconds { get; set; } = 10;

    /// <summary>Longest wait from sending a request (connecting included) to the first byte of its reply's body. A model that reasons may be silent for long.</summary>
    /// <value>Seconds, 0.001 to 3600, default 120.</value>
    public double FirstByteTimeoutSeconds { get; set; } = 120;

    /// <summary>Longest silence inside a reply. Counts only while a reader waits; a comment of the server ends a silence.</summary>
    /// <value>Seconds, 0.001 to 3600, default 120.</value>
    public double BetweenBytesTimeoutSeconds { get; set; } = 120;

    /// <summary>Longest time for a whole call, from opening it to the reply's end. The request's own time limit is usually shorter.</summary>
    /// <value>Seconds, 0.001 to 86400, default 3600.</value>
    public double TotalTimeoutSeconds { get; set; } = 86_400;

    /// <summary>How long an unused connection is kept.</summary>
    /// <value>Seconds, 0.001 to 30, default 30. Many servers close a connection without a word a little later.</value>
    public double IdleConnectionSeconds { get; set; } = 30;

    /// <summary>How long a connection is used again before it is replaced, so that a moved host is noticed.</summary>
    /// <value>Seconds, 1 to 86400, default 300.</value>
    public double ConnectionLifetimeSeconds { get; set; } = 300;

    /// <summary>Most connections at once of one pool; a request beyond them waits, within its first-byte timeout.</summary>
    /// <value>1 to 65535, default 4096.</value>
    public int MaxConnections { get; set; } = 4096;

    /// <summary>Longest event of a streamed reply; a longer event fails the reply. Bounds the memory of a stream.</summary>
    /// <value>Bytes, 1024 to 67108864, default 4194304.</value>
    public int MaxEventBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Longest reply that comes as one JSON object: a whole chat reply, embeddings, a list of models.</summary>
    /// <value>Bytes, 65536 to 268435456, default 67108864.</value>
    public int MaxBodyBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Every problem, by the name of its option.</summary>
    public IEnumerable<string> Problems()
    {
        (string Name, double Value, double Least, double Most, string Unit)[] ranges =
        [
            (nameof(ConnectTimeoutSeconds), ConnectTimeoutSeconds, 0.001, 3600, " seconds"),
            (nameof(FirstByteTimeoutSeconds), FirstByteTimeoutSeconds, 0.001, 3600, " seconds"),
            (nameof(BetweenBytesTimeoutSeconds), BetweenBytesTimeoutSeconds, 0.001, 3600, " seconds"),
            (nameof(TotalTimeoutSeconds), TotalTimeoutSeconds, 0.001, 86400, " seconds"),
            (nameof(IdleConnectionSeconds), IdleConnectionSeconds, 0.001, 30, " seconds"),
            (nameof(ConnectionLifetimeSeconds), ConnectionLifetimeSeconds, 1, 86400, " seconds"),
            (nameof(MaxConnections), MaxConnections, 1, 65535, ""),
            (nameof(MaxEventBytes), MaxEventBytes, 1024, 64 * 1024 * 1024, " bytes"),
            (nameof(MaxBodyBytes), MaxBodyBytes, 64 * 1024, 256 * 1024 * 1024, " bytes"),
        ];
        foreach (var (name, value, least, most, unit) in ranges)
        {
            if (!(value >= least && value <= most))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be {least} to {most}{unit}");
            }
        }
    }
}
