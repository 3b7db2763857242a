using FlowGpt.ApiFrontend;
using FlowGpt.Silo.Storage;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Serialization;

namespace FlowGpt.Silo.Hosting;

/// <summary>What every silo has, in every mode.</summary>
internal static class OrleansHosting
{
    // Hosts of turns and stored conversations come and go, and their addresses are remembered after that, at 300 bytes each: Orleans' default
    // of a million would be the most memory of the process. Only addresses in use are worth keeping.
    private const int RememberedAddresses = 10_000;

    /// <summary>Adds the silo with the mode's membership and storage.</summary>
    public static void AddOrleans(this IHostApplicationBuilder builder, IHostingMode mode, SiloOptions options)
    {
        builder.UseOrleans(silo =>
        {
            mode.Configure(silo);
            // One serializer for all stored records, which must not be changed: stored records would not be converted.
            silo.UseSystemTextJsonGrainStorageSerializer();
            silo.Configure<SystemTextJsonGrainStorageSerializerOptions>(json => StorageJson.Configure(json.JsonSerializerOptions));
            silo.Configure<GrainCollectionOptions>(collection =>
            {
                collection.CollectionAge = options.IdleAge;
                collection.DeactivationTimeout = options.DeactivationTimeout;
                collection.EnableActivationSheddingOnMemoryPressure = true;
            });
            silo.Configure<SiloMessagingOptions>(messaging =>
            {
                messaging.ResponseTimeout = options.ResponseTimeout;
                messaging.SystemResponseTimeout = options.SystemResponseTimeout;
            });
            silo.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = options.ResponseTimeout);
            silo.Configure<GrainDirectoryOptions>(directory => directory.CacheSize = RememberedAddresses);
            if (builder.Configuration.GetValue<bool>(FrontendOptions.OrleansDashboardKey))
            {
                silo.AddDashboard(static dashboard => dashboard.HideTrace = true);
            }
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
    }
}
