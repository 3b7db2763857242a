using FlowGpt.Grains.Interfaces.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Providers;
using Orleans.Storage;

namespace FlowGpt.Silo.Storage;

/// <summary>
/// The storage as grains see it: what a provider throws is logged here and stays here, since a client of the cluster has not its types and could
/// not distinguish such a failure from a bug. A write that came after another process' write keeps its own exception, which Orleans knows everywhere.
/// </summary>
internal sealed partial class StorageBoundary(IGrainStorage provider, StorageHealth health, ILogger<StorageBoundary> logger) : IGrainStorage
{
    private const string Written = "written";

    /// <summary>Registers a storage, behind this boundary, as the storage of grains that name none.</summary>
    public static void Register(IServiceCollection services, Func<IServiceProvider, IGrainStorage> provider)
    {
        const string standard = ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<StorageHealth>();
        services.AddKeyedSingleton<IGrainStorage>(
            standard,
            (all, _) => ActivatorUtilities.CreateInstance<StorageBoundary>(all, provider(all))
        );
        services.AddSingleton(static all => all.GetRequiredKeyedService<IGrainStorage>(standard));
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Do("read", stateName, () => provider.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Do(Written, stateName, () => provider.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        Do("removed", stateName, () => provider.ClearStateAsync(stateName, grainId, grainState));

    private async Task Do(string done, string stateName, Func<Task> operation)
    {
        try
        {
            await operation();
            if (done == Written)
            {
                health.Note(stateName, succeeded: true);
            }
        }
        catch (Exception exception) when (exception is not (InconsistentStateException or OperationCanceledException))
        {
            LogFailed(exception, stateName, done);
            if (done == Written)
            {
                health.Note(stateName, succeeded: false);
            }

            throw new StorageUnavailableException($"A record of '{stateName}' could not be {done}: the storage failed.");
        }
    }

    [LoggerMessage(EventId = 6103, Level = LogLevel.Warning, Message = "A record of {State} could not be {Done}")]
    private partial void LogFailed(Exception exception, string state, string done);
}
