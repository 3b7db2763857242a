using System.Collections.Immutable;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>All pools.</summary>
/// <param name="Pools">Those that models are paid from and those that have accounts, by name.</param>
internal sealed record PoolList(ImmutableArray<PoolSummary> Pools);
