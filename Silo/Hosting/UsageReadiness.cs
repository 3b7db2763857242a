using FlowGpt.ApiFrontend.Health;
using FlowGpt.Grains.Usage;

namespace FlowGpt.Silo.Hosting;

/// <summary>Not ready while usage has been waiting to be stored for so long that some of it will be lost unless storage comes back.</summary>
internal sealed class UsageReadiness(IUsageRecorder usage) : IReadinessSource
{
    /// <summary>Of the 90 s for which a delivery is repeated.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public string Name => "usage";

    /// <inheritdoc/>
    public string? NotReadyBecause =>
        usage.OldestWaits is var waits && waits >= LongestWait ? $"usage has not been stored for {waits.TotalSeconds:0} s" : null;
}
