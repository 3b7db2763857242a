using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.Grains.Pools;

/// <summary>What a pool keeps in storage: no secrets. Counts at least as much use as there was.</summary>
[GenerateSerializer, Alias("flowgpt.PoolRecord")]
public sealed record PoolRecord
{
    /// <summary>Every account that there is something to say of, also those no longer configured.</summary>
    [Id(0)]
    public ImmutableArray<AccountRecord> Accounts { get; init; } = [];

    /// <summary>The leases in flight, when the pool was stopped in order; null when it was still running.</summary>
    [Id(1)]
    public ImmutableArray<HeldLease>? Leases { get; init; }
}
