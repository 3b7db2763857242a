using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;
using Orleans.Services;

namespace FlowGpt.Grains.Pools.Leasing;

/// <summary>Each silo's answer to a pool that was activated again.</summary>
[Alias("flowgpt.ILeaseReportService")]
internal interface ILeaseReportService : IGrainService
{
    /// <summary>The leases of a pool that this silo holds.</summary>
    [Alias("report")]
    ValueTask<ImmutableArray<HeldLease>> Report(string pool);
}
