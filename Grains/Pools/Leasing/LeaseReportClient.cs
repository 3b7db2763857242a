using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;
using Orleans.Runtime.Services;

namespace FlowGpt.Grains.Pools.Leasing;

/// <summary>Calls the report service of a given silo.</summary>
internal sealed class LeaseReportClient(IServiceProvider services) : GrainServiceClient<ILeaseReportService>(services), ILeaseReportClient
{
    public ValueTask<ImmutableArray<HeldLease>> Report(SiloAddress silo, string pool) => GetGrainService(silo).Report(pool);
}
