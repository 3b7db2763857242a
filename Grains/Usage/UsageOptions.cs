using System.ComponentModel.DataAnnotations;
using FlowGpt.Grains.Retention;

namespace FlowGpt.Grains.Usage;

/// <summary>How usage is booked. Section <see cref="Section"/>.</summary>
public sealed class UsageOptions
{
    public const string Section = "FlowGpt:Usage";

    /// <summary>
    /// The least time between two writes of one ledger: what arrives meanwhile shares a write. Longer writes less and lets a
    /// crash lose more of what was not yet booked. Default: 100 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:10")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The most events that one process holds undelivered; more are given up and logged. Default: 100,000 (some 50 MB).</summary>
    [Range(1_000, 10_000_000)]
    public int MaxPending { get; set; } = 100_000;

    /// <summary>
    /// The least time between two reports of a ledger to its day's roll-up, and so how old the figures of a query can be. Default: 1 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan RollUpInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often a roll-up writes what changed. What it loses by a crash it asks the ledgers for again, so longer only means more to ask. Default: 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan RollUpWriteInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the ledger of an hour is kept after its last write. Default: 400 days, so that a month can be compared with the same month a year before. 1 to
    /// 3650 days; 0 keeps ledgers for ever.
    /// </summary>
    [RetentionTime]
    public TimeSpan LedgerRetention { get; set; } = TimeSpan.FromDays(400);

    /// <summary>
    /// How long the roll-up of an hour, which usage queries read, is kept after its last write: also how far back a query can look. Default: 400 days, as
    /// ledgers. 1 to 3650 days; 0 keeps roll-ups for ever.
    /// </summary>
    [RetentionTime]
    public TimeSpan RollUpRetention { get; set; } = TimeSpan.FromDays(400);
}
