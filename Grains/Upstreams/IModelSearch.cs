using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Models;

namespace FlowGpt.Grains.Upstreams;

/// <summary>What a provider kind can find out about models that its provider does not list; implemented beside <see cref="IProviderKind"/>. Thread-safe.</summary>
public interface IModelSearch
{
    /// <summary>Whether the provider of a pool has a model; unknown when the provider does not answer clearly. Never throws but for cancellation.</summary>
    Task<ModelPresence> LookAsync(PoolDefinition pool, string model, CancellationToken cancellationToken);

    /// <summary>What the provider's search finds, best first, at most 20.</summary>
    /// <exception cref="IOException">The search failed; the message says how, without what was sent or received.</exception>
    Task<ImmutableArray<FoundModel>> SearchAsync(PoolDefinition pool, string query, CancellationToken cancellationToken);
}
