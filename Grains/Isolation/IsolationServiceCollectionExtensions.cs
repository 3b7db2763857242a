using FlowGpt.Grains.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Isolation;

/// <summary>Registers what keeps a silo that is cut off from doing harm.</summary>
public static class IsolationServiceCollectionExtensions
{
    /// <summary>Adds the watch, for silos whose table is in a store of its own; the caller adds the <see cref="ITableProbe"/> and sets the returned options.</summary>
    public static OptionsBuilder<IsolationOptions> AddIsolationWatch(this IServiceCollection services)
    {
        services.AddClusterControl();
        services.AddMetrics();
        services.TryAddSingleton<SiloContact>();
        services.AddSingleton<IsolationInstruments>();
        services.AddSingleton<IPeerProbe, PeerProbe>();
        services.AddHostedService<ContactWatch>();
        return services.AddOptions<IsolationOptions>();
    }
}
