using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FlowGpt.Grains.Cluster;

/// <summary>Registers what lets operators look at silos and empty them.</summary>
public static class ClusterServiceCollectionExtensions
{
    /// <summary>Adds this silo's control service. Any number of calls adds it once.</summary>
    public static IServiceCollection AddClusterControl(this IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(SiloControlClient)))
        {
            return services;
        }

        services.TryAddSingleton<SiloDrain>();
        services.AddSingleton<SiloControlClient>();
        services.AddSingleton<SiloBroadcast>();
        services.AddGrainService<SiloControlService>();
        return services;
    }
}
