using System.Collections.Immutable;
using FlowGpt.Grains.Keys.Limits;
using Orleans.Runtime.Services;

namespace FlowGpt.Grains.Keys;

/// <summary>Calls the report service of a given silo.</summary>
internal sealed class KeyReportClient(IServiceProvider services) : GrainServiceClient<IKeyReportService>(services), IKeyReportClient
{
    public ValueTask<ImmutableArray<KeyReservation>> Report(SiloAddress silo, string keyId) => GetGrainService(silo).Report(keyId);
}
