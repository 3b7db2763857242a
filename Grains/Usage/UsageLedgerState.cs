using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Grains.Usage;

/// <summary>The stored record of one ledger: totals and the ids they contain, together, so that neither is stored without the other.</summary>
[GenerateSerializer, Alias("flowgpt.UsageLedgerState")]
internal sealed class UsageLedgerState
{
    /// <summary>The sums.</summary>
    [Id(0)]
    public UsageTotals Totals { get; set; }

    /// <summary>
    /// Ids of the booked events from outboxes that their conversations have not let go of, <see cref="UsageEventId.Size"/> bytes each,
    /// big-endian, in no order.
    /// </summary>
    [Id(1)]
    public byte[] Ids { get; set; } = [];

    /// <summary>Ids of the latest other events, in the same form; the oldest are forgotten.</summary>
    [Id(2)]
    public byte[] RecentIds { get; set; } = [];

    /// <summary>The sums by model and account, as <see cref="UsageTableFormat"/> writes them; empty in records of an earlier program.</summary>
    [Id(3)]
    public byte[] Table { get; set; } = [];

    /// <summary>Of events booked up to then, ids may be missing among the latest.</summary>
    [Id(4)]
    public DateTimeOffset RecentSince { get; set; }
}
