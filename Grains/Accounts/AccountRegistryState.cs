using System.Collections.Immutable;

namespace FlowGpt.Grains.Accounts;

/// <summary>What the registry keeps: where added accounts may be. The accounts themselves are their pools'.</summary>
[GenerateSerializer, Alias("flowgpt.AccountRegistryState")]
public sealed record AccountRegistryState
{
    /// <summary>Every pool that was ever given something to keep.</summary>
    [Id(0)]
    public ImmutableArray<string> Pools { get; init; } = [];
}
