using System.Collections.Immutable;
using FlowGpt.Grains.Keys.Limits;
using Orleans.Services;

namespace FlowGpt.Grains.Keys;

/// <summary>Each silo's answer to a key that was activated again.</summary>
[Alias("flowgpt.IKeyReportService")]
internal interface IKeyReportService : IGrainService
{
    /// <summary>The requests that this silo runs for a key.</summary>
    [Alias("report")]
    ValueTask<ImmutableArray<KeyReservation>> Report(string keyId);
}
