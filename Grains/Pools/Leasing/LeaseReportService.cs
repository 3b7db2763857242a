using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace FlowGpt.Grains.Pools.Leasing;

/// <summary>Answers from this silo's keeper.</summary>
[Reentrant]
internal sealed class LeaseReportService(GrainId id, Silo silo, ILoggerFactory loggers, LeaseKeeper keeper)
    : GrainService(id, silo, loggers),
        ILeaseReportService
{
    public ValueTask<ImmutableArray<HeldLease>> Report(string pool) => new(keeper.Report(pool));
}
