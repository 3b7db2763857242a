using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Records;
using FlowGpt.Grains.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Models;

/// <summary>Registers the model catalog.</summary>
public static class ModelCatalogServiceCollectionExtensions
{
    /// <summary>Adds the catalog; the caller binds the returned options to <see cref="ModelCatalogOptions.Section"/>.</summary>
    public static OptionsBuilder<ModelCatalogOptions> AddModelCatalog(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<ModelCatalogOptions>, ModelCatalogOptionsValidator>();
        services.AddSingleton<IValidateOptions<ModelCatalogOptions>, RoutePoolsValidator>();
        services.TryAddSingleton<ProviderKinds>();
        services.TryAddSingleton<RecordCap>();
        services.AddSingleton<ModelCatalogSource>();
        services.AddSingleton<IAddedModelsReceiver>(static provider => provider.GetRequiredService<ModelCatalogSource>());
        services.AddHostedService<ModelCatalogFollower>();
        services.AddClusterControl();
        return services.AddOptions<ModelCatalogOptions>().ValidateOnStart();
    }
}
