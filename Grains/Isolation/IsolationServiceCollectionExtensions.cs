using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Timing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FlowGpt.Grains.Isolation;

/// <summary>Registers what keeps a silo that is cut off from doing harm.</summary>
public static class IsolationServiceCollectionExtensions
{
    /// <summary>Adds the watch, for silos with their table in a separate store; the caller adds the <see cref="ITableProbe"/>.</summary>
    public static IServiceCollection AddIsolationWatch(this IServiceCollection services, ClusterTiming timing)
    {
        services.AddSingleton(timing);
        services.AddClusterControl();
        services.AddMetrics();
        services.TryAddSingleton<SiloContact>();
        services.AddSingleton<ISiloFence>(static all => all.GetRequiredService<SiloContact>());
        services.AddSingleton<IsolationInstruments>();
        services.AddSingleton<IPeerProbe, PeerProbe>();
        return services.AddHostedService<ContactWatch>();
    }
}
