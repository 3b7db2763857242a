using System.Collections.Immutable;

namespace FlowGpt.Grains.Accounts;

/// <summary>What the cluster keeps of one pool's accounts.</summary>
[GenerateSerializer, Alias("flowgpt.PoolAccountsRecord")]
public sealed record PoolAccountsRecord
{
    /// <summary>In the order in which they came; names are unique.</summary>
    [Id(0)]
    public ImmutableArray<AccountOverlay> Overlays { get; init; } = [];
}
