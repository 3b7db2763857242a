using FlowGpt.Silo.Storage;
using Orleans.Configuration;
using Orleans.Serialization;

namespace FlowGpt.Silo.Hosting;

/// <summary>What every silo has, whatever its mode.</summary>
internal static class OrleansHosting
{
    /// <summary>Adds the silo with the mode's membership and storage.</summary>
    public static void AddOrleans(this IHostApplicationBuilder builder, IHostingMode mode, SiloOptions options)
    {
        builder.UseOrleans(silo =>
        {
            mode.Configure(silo);
            // One serializer for all stored records, chosen for good: changing it would not convert what is stored.
            silo.UseSystemTextJsonGrainStorageSerializer();
            silo.Configure<SystemTextJsonGrainStorageSerializerOptions>(json => StorageJson.Configure(json.JsonSerializerOptions));
            silo.Configure<GrainCollectionOptions>(collection =>
            {
                collection.CollectionAge = options.IdleAge;
                collection.DeactivationTimeout = options.DeactivationTimeout;
                collection.EnableActivationSheddingOnMemoryPressure = true;
            });
            silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = options.ResponseTimeout);
            silo.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = options.ResponseTimeout);
            silo.AddActivityPropagation();
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
    }
}
