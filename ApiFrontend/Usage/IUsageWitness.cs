using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>
/// Remembers for a short time how turns ended, in case their silo dies before it has told the ledger. Thread-safe; makes no call
/// while all is well.
/// </summary>
internal interface IUsageWitness
{
    /// <summary>A turn ended, or its client disconnected: reported if a silo is lost at about this time.</summary>
    void Ended(UsageEvent usage);

    /// <summary>A turn was lost with its silo: reported in any case, unless the turn itself could report.</summary>
    void Lost(UsageEvent usage);

    /// <summary>A silo is gone, or cannot be reached.</summary>
    void SiloLost();
}
