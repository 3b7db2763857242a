using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.Grains.Pools.Leasing;

/// <summary>Asks a silo which leases it holds.</summary>
internal interface ILeaseReportClient
{
    /// <summary>The leases of a pool that the silo holds.</summary>
    ValueTask<ImmutableArray<HeldLease>> Report(SiloAddress silo, string pool);
}
