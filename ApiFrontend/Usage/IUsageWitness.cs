using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>
/// Remembers for a short time how turns ended, in case their silo dies before it has told the ledger. Thread-safe; makes no call
/// while all is well.
/// </summary>
internal interface IUsageWitness
{
    /// <summary>A turn ended, or its client left it: told should a silo be lost about now.</summary>
    void Ended(UsageEvent usage);

    /// <summary>A turn was lost with its silo: told in any case, unless the turn itself could.</summary>
    void Lost(UsageEvent usage);

    /// <summary>A silo is gone, or cannot be reached.</summary>
    void SiloLost();
}
