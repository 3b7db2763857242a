using FlowGpt.ApiFrontend.Health;
using FlowGpt.Grains.Isolation;

namespace FlowGpt.Silo.Hosting;

/// <summary>Not ready while this silo is cut off from its cluster and begins nothing.</summary>
internal sealed class ContactReadiness(SiloContact contact) : IReadinessSource
{
    /// <inheritdoc/>
    public string Name => "contact";

    /// <inheritdoc/>
    public string? NotReadyBecause => contact.IsLost ? "contact with Redis and the other silos is lost" : null;
}
