using System.ComponentModel.DataAnnotations;
using FlowGpt.Grains.Retention;

namespace FlowGpt.Grains.Conversations;

/// <summary>How turns are run and how long their traces are kept.</summary>
public sealed class ConversationOptions
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

    /// <summary>Most UTF-16 characters that a stored conversation keeps; beyond it the oldest turns go. Bounds the cost of each write.</summary>
    /// <value>262,144 by default. 1,024 to 16,777,216.</value>
    [Range(1024, 16_777_216)]
    public int MaxStoredCharacters { get; set; } = 262_144;

    /// <summary>
    /// How often stored conversations are looked for whose silo died before a turn had its end and its usage was booked. Shorter books it sooner; each look
    /// asks the conversations of the last interval.
    /// </summary>
    /// <value>15 s by default. 1 s to 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a stored conversation is kept after its last turn. A conversation that is over its time begins anew.</summary>
    /// <value>30 days by default. 1 to 3650 days; 0 keeps conversations for ever.</value>
    [RetentionTime]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);
}
