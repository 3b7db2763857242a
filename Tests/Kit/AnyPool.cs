using System.Collections.Concurrent;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Tests.Kit;

/// <summary>Every name is a pool, of one kind unless a test defines the pool; there are no routes but the built-in ones.</summary>
/// <param name="kind">The kind of all pools.</param>
internal sealed class AnyPool(string kind) : IPoolSource, IRouteSource
{
    private readonly ConcurrentDictionary<string, PoolDefinition?> _pools = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => [.. _pools.Keys];

    public ConfiguredRoutes Current => ConfiguredRoutes.None;

    public PoolDefinition? Find(string pool) => _pools.GetOrAdd(pool, name => new PoolDefinition { Name = name, Kind = kind });

    /// <summary>Defines a pool; null for a pool that does not exist.</summary>
    public void Define(string pool, PoolDefinition? definition) => _pools[pool] = definition;
}
