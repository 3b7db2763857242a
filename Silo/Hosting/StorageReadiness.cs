using FlowGpt.ApiFrontend.Health;
using FlowGpt.Silo.Storage;
using Orleans.Providers;
using Orleans.Storage;

namespace FlowGpt.Silo.Hosting;

/// <summary>Not ready while storage has refused every write for some seconds, for example since Redis is full.</summary>
internal sealed class StorageReadiness(
    StorageHealth health,
    [FromKeyedServices(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME)] IGrainStorage storage,
    ILocalSiloDetails silo
) : IReadinessSource
{
    /// <inheritdoc/>
    public string Name => "storage";

    /// <inheritdoc/>
    public string? NotReadyBecause
    {
        get
        {
            health.Probe(storage, silo.SiloAddress.ToParsableString());
            return health.FailsFor is var time && time >= StorageHealth.RefusesFor
                ? $"storage has refused writes for {time.TotalSeconds:0} s"
                : null;
        }
    }
}
