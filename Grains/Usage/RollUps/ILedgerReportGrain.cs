using Orleans.Concurrency;

namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>The side of a ledger that its roll-up sees. Key: that of the ledger.</summary>
[Alias("flowgpt.ILedgerReportGrain")]
internal interface ILedgerReportGrain : IGrainWithStringKey
{
    /// <summary>What the ledger holds durably. Answers at once, also while a write is under way.</summary>
    /// <param name="knownVersion">What the asker has: the sums are sent only if they are others.</param>
    /// <param name="mayClose">
    /// Whether the asker has that version on disk. A ledger that holds nothing newer and has nothing under way then takes leave.
    /// </param>
    [Alias("report"), AlwaysInterleave]
    ValueTask<LedgerReport> Report(long knownVersion, bool mayClose);
}
