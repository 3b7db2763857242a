using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace FlowGpt.Grains.Pools.Leasing;

/// <summary>Answers from this silo's leases.</summary>
[Reentrant]
internal sealed class LeaseReportService(GrainId id, Silo silo, ILoggerFactory loggers, SiloLeases leases)
    : GrainService(id, silo, loggers),
        ILeaseReportService
{
    public ValueTask<ImmutableArray<HeldLease>> Report(string pool) => new(leases.Report(pool));
}
