using FlowGpt.ApiFrontend.Health;

namespace FlowGpt.Silo.Hosting;

/// <summary>Ready while this silo is an active member: not before it has joined, and not once it is leaving or was declared dead.</summary>
internal sealed class SiloReadiness(ISiloStatusOracle silos) : IReadinessSource
{
    /// <inheritdoc/>
    public string Name => "silo";

    /// <inheritdoc/>
    public string? NotReadyBecause => silos.CurrentStatus is SiloStatus.Active ? null : $"the silo is {silos.CurrentStatus}";
}
