using FlowGpt.ApiFrontend.Health;
using FlowGpt.Grains.Cluster;

namespace FlowGpt.Silo.Hosting;

/// <summary>Not ready while an operator has this silo emptied, so that load balancers send their requests elsewhere.</summary>
internal sealed class DrainReadiness(SiloDrain drain) : IReadinessSource
{
    /// <inheritdoc/>
    public string Name => "drain";

    /// <inheritdoc/>
    public string? NotReadyBecause => drain.IsOn ? "draining" : null;
}
