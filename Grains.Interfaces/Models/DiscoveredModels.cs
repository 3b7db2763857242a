using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Models;

/// <summary>What the providers of all pools with discovery say they have, as silos follow it.</summary>
/// <param name="Version">Grows with each change.</param>
/// <param name="Pools">One entry for each pool that was ever asked with success, or failed since.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.DiscoveredModels")]
public sealed record DiscoveredModels([property: Id(0)] long Version, [property: Id(1)] ImmutableArray<PoolModels> Pools)
{
    /// <summary>Nothing is known yet.</summary>
    public static DiscoveredModels None { get; } = new(0, []);
}

/// <summary>The models that the provider of one pool offers.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Models">The provider's models, in its order; those of the last success.</param>
/// <param name="At">When the provider last answered; null if never.</param>
/// <param name="Problem">Why the last attempt failed; null when it did not.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.PoolModels")]
public sealed record PoolModels(
    [property: Id(0)] string Pool,
    [property: Id(1)] ImmutableArray<DiscoveredModel> Models,
    [property: Id(2)] DateTimeOffset? At,
    [property: Id(3)] string? Problem
)
{
    /// <summary>What an operator may do about <see cref="Problem"/>, as a sentence; null where nothing more is known.</summary>
    [Id(4)]
    public string? Advice { get; init; }
}

/// <summary>A model that a provider says it has.</summary>
/// <param name="Id">The provider's name of the model.</param>
/// <param name="ContextWindow">Most tokens of context and reply; null when the provider does not say.</param>
/// <param name="OwnedBy">Who the provider says owns the model; null when the provider does not say.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.DiscoveredModel")]
public sealed record DiscoveredModel([property: Id(0)] string Id, [property: Id(1)] int? ContextWindow, [property: Id(2)] string? OwnedBy);
