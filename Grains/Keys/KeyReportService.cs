using System.Collections.Immutable;
using FlowGpt.Grains.Keys.Limits;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace FlowGpt.Grains.Keys;

/// <summary>Answers from this silo's reservations.</summary>
[Reentrant]
internal sealed class KeyReportService(GrainId id, Silo silo, ILoggerFactory loggers, KeyReservations reservations)
    : GrainService(id, silo, loggers),
        IKeyReportService
{
    public ValueTask<ImmutableArray<KeyReservation>> Report(string keyId) => new(reservations.Report(keyId));
}
