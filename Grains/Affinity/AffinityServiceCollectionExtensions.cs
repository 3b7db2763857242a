using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Affinity;

/// <summary>Registers the affinity index.</summary>
public static class AffinityServiceCollectionExtensions
{
    /// <summary>Adds the index; the caller binds the returned options to <see cref="AffinityOptions.Section"/>.</summary>
    public static OptionsBuilder<AffinityOptions> AddAffinity(this IServiceCollection services) =>
        services.AddOptions<AffinityOptions>().ValidateDataAnnotations().ValidateOnStart();
}
