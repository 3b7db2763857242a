using System.Collections.Concurrent;

namespace FlowGpt.Grains.Upstreams;

/// <summary>Without definitions every pool is one of FlowGPT accounts, as in files that define no pools.</summary>
internal sealed class FlowGptPools : IPoolSource
{
    private readonly ConcurrentDictionary<string, PoolDefinition> _pools = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => [.. _pools.Keys];

    public PoolDefinition Find(string pool) => _pools.GetOrAdd(pool, static name => new PoolDefinition { Name = name, Kind = "flowgpt" });
}
