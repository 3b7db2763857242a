using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Health;

namespace FlowGpt.Silo.Hosting;

/// <summary>Not ready while Redis answers and does not let this silo in.</summary>
internal sealed class RedisReadiness(RedisWatch watch) : IReadinessSource
{
    /// <inheritdoc/>
    public string Name => "redis";

    /// <inheritdoc/>
    public string? NotReadyBecause => watch.Trouble;
}
