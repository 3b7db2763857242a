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

    /// <summary>
    /// Longest wait for an account. A request that cannot be served within it gets 429 with the exact time to come back. A pool that is itself beginning, or
    /// writing what it reserves, is waited for up to 2 s all the same.
    /// </summary>
    /// <value>30 s by default. 0 (never wait for others) to 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan MaxQueueWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A response that nobody has read for this long is cancelled: its frontend died without a word. Shorter frees accounts sooner;
    /// it must exceed a frontend's longest pause between two reads.
    /// </summary>
    /// <value>15 s by default. 5 s to 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan AbandonedAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>At a stop of the process: how long responses in flight may go on before they are ended with an error.</summary>
    /// <value>50 s by default, within the process's shutdown time. 0 to 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(50);
}
