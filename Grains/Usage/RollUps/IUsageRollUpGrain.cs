using Orleans.Concurrency;

namespace FlowGpt.Grains.Usage.RollUps;

/// <summary>The side of a day's roll-up that its ledgers see. Key: the UTC day, <c>yyyyMMdd</c>.</summary>
[Alias("flowgpt.IUsageRollUpGrain")]
internal interface IUsageRollUpGrain : IGrainWithStringKey
{
    /// <summary>
    /// A ledger is about to write something. Returns when its name is on disk: from then on, also after a crash, the roll-up asks the ledger what
    /// it holds until the ledger takes leave. Idempotent; interleaves.
    /// </summary>
    [Alias("open"), AlwaysInterleave]
    ValueTask Open(string ledger);

    /// <summary>Takes what a ledger holds. Replaces its report before, unless that was newer. Idempotent; interleaves; waits for no disk.</summary>
    [Alias("put"), AlwaysInterleave]
    ValueTask Put(LedgerReport report);
}
