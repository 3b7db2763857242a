using System.Collections.Immutable;

namespace FlowGpt.Grains.Accounts;

/// <summary>What the directory of pools keeps.</summary>
[GenerateSerializer, Alias("flowgpt.PoolDirectoryState")]
public sealed record PoolDirectoryState
{
    /// <summary>Every pool and the providers that it has had, in the order in which they came.</summary>
    [Id(0)]
    public ImmutableArray<EnteredPool> Pools { get; init; } = [];
}

/// <summary>A pool that has had a provider.</summary>
/// <param name="Name">The pool.</param>
/// <param name="Provider">The provider's kind and address.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.EnteredPool")]
public sealed record EnteredPool([property: Id(0)] string Name, [property: Id(1)] string Provider);
