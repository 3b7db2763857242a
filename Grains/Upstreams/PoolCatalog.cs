using System.Collections.Concurrent;

namespace FlowGpt.Grains.Upstreams;

/// <summary>Says how pools are defined. One per silo; thread-safe; answers from memory.</summary>
public interface IPoolSource
{
    /// <summary>The definition in force; null when there is no such pool.</summary>
    PoolDefinition? Find(string pool);

    /// <summary>Names of the pools that are defined.</summary>
    IReadOnlyCollection<string> Names { get; }
}

/// <summary>A pool that can be called.</summary>
/// <param name="Definition">As its operator defined it.</param>
/// <param name="Kind">Its provider kind.</param>
/// <param name="Upstream">Calls its provider, as accounts of the pool alone.</param>
/// <param name="Embeddings">Asks its provider for embeddings, as accounts of the pool alone; null for a kind that has none.</param>
public sealed record OpenPool(PoolDefinition Definition, IProviderKind Kind, IUpstream Upstream, IEmbeddingUpstream? Embeddings);

/// <summary>
/// The pools of this silo with their upstreams. An upstream is made when its pool is first used and made again when the pool's definition changes; calls in
/// flight continue with the old upstream, which is disposed with the catalog. Thread-safe.
/// </summary>
public sealed class PoolCatalog(ProviderKinds kinds, IPoolSource source) : IDisposable
{
    private readonly ConcurrentDictionary<string, OpenPool> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<IDisposable> _made = [];

    /// <summary>A pool by its name; null when there is no such pool or its kind is not known here.</summary>
    /// <exception cref="Exception">The kind cannot make an upstream of the definition.</exception>
    public OpenPool? Find(string pool)
    {
        if (source.Find(pool) is not { } definition)
        {
            return null;
        }

        if (_open.TryGetValue(pool, out var open) && ReferenceEquals(open.Definition, definition))
        {
            return open;
        }

        return kinds.Find(definition.Kind) is { } kind ? Open(definition, kind) : null;
    }

    /// <summary>
    /// What a model of a pool can do; null when there is no such pool or its kind is not known here. Makes no upstream, so a definition that cannot be called
    /// fails the attempt on that pool and not the choice among pools.
    /// </summary>
    public ModelCapabilities? CapabilitiesOf(string pool, string model) =>
        source.Find(pool) is { } definition ? kinds.Find(definition.Kind)?.CapabilitiesOf(definition, model) : null;

    public void Dispose()
    {
        foreach (var upstream in _made)
        {
            upstream.Dispose();
        }
    }

    private OpenPool Open(PoolDefinition definition, IProviderKind kind)
    {
        var upstream = kind.Create(definition);
        var embeddings = upstream is IEmbeddingUpstream inner ? new PoolEmbeddings(definition.Name, inner) : null;
        var made = new OpenPool(definition, kind, new PoolUpstream(definition.Name, upstream), embeddings);
        if (upstream is IDisposable disposable)
        {
            _made.Add(disposable);
        }

        return _open.AddOrUpdate(
            definition.Name,
            static (_, made) => made,
            static (_, other, made) => ReferenceEquals(other.Definition, made.Definition) ? other : made,
            made
        );
    }
}
