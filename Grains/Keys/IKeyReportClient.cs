using System.Collections.Immutable;
using FlowGpt.Grains.Keys.Limits;

namespace FlowGpt.Grains.Keys;

/// <summary>Asks a silo what it runs for a key.</summary>
internal interface IKeyReportClient
{
    /// <summary>The requests that the silo runs for the key.</summary>
    ValueTask<ImmutableArray<KeyReservation>> Report(SiloAddress silo, string keyId);
}
