using System.ComponentModel.DataAnnotations;

namespace FlowGpt.Grains.Turns;

/// <summary>How turns are run.</summary>
public sealed class TurnOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "FlowGpt:Conversations";

    /// <summary>Accounts tried for one request before its first text; later failures are never retried.</summary>
    /// <value>3 by default. 1 to 10.</value>
    [Range(1, 10)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Most bytes of one reply, reasoning and arguments of tool calls included. A longer reply ends there, like a reply that reached its maximum length.</summary>
    /// <value>8 MiB by default. 64 KiB to 256 MiB.</value>
    [Range(65_536, 268_435_456)]
    public int MaxReplyBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// Tokens of a reply whose request names no maximum, where an account or a key has a token limit and the provider takes a maximum: so many are reserved, and sent
    /// as the maximum. A larger number allows longer replies, a smaller number allows more replies at the same time.
    /// </summary>
    /// <value>8192 by default. 256 to 1,000,000.</value>
    [Range(256, 1_000_000)]
    public int UnnamedReplyTokens { get; set; } = 8192;

    /// <summary>
    /// Longest wait for an account. A request that cannot be served within it gets 429 with the exact time to come back. A pool that is itself beginning, or
    /// writing what it reserves, is waited for up to 2 s all the same.
    /// </summary>
    /// <value>30 s by default. 0 (never wait for others) to 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan MaxQueueWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A response of which its frontend was not heard for this long is cancelled: the frontend died without cancelling it. Shorter frees accounts sooner. A frontend whose
    /// client takes nothing says every 2 s that it is there.
    /// </summary>
    /// <value>15 s by default. 5 s to 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan AbandonedAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a response goes on after its client has disconnected, so that the client can come back for the response; a reader that comes back ends the wait.
    /// A response with an <c>Idempotency-Key</c>, and a response in the background, is not cancelled by a disconnect at all.
    /// </summary>
    /// <value>0 by default: cancelled at once. 0 to 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DisconnectGrace { get; set; } = TimeSpan.Zero;

    /// <summary>How long the end of a response that is not stored waits in memory for its reader.</summary>
    /// <value>15 s by default. 1 s to 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan KeepUnread { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after its end a response with an <c>Idempotency-Key</c> is repeated to a client that sends the same request again. In memory, if it is not stored.</summary>
    /// <value>10 minutes by default. 10 s to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan KeepIdempotent { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after its end a background response that is not stored can be read.</summary>
    /// <value>1 hour by default. 1 minute to 7 days.</value>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan KeepBackground { get; set; } = TimeSpan.FromHours(1);

    /// <summary>At a stop of the process: how long responses in flight may continue before they are ended with an error.</summary>
    /// <value>50 s by default, within the process's shutdown time. 0 to 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(50);
}
