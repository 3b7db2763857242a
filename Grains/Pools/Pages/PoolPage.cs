using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;

namespace FlowGpt.Grains.Pools.Pages;

/// <summary>Some accounts' records of a pool, written once.</summary>
[GenerateSerializer, Alias("flowgpt.PoolPage")]
public sealed record PoolPage
{
    [Id(0)]
    public ImmutableArray<AccountRecord> Accounts { get; init; } = [];
}
