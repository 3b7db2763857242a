using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>Registers the FlowGPT upstream.</summary>
public static class FlowGptUpstreamServiceCollectionExtensions
{
    /// <summary>
    /// Adds the provider kind <see cref="FlowGptKind.KindName"/>, and the validation of its options at start. The caller binds the
    /// returned options, usually to the section <see cref="FlowGptOptions.SectionName"/>; they are read when the upstream is first asked for.
    /// </summary>
    public static OptionsBuilder<FlowGptOptions> AddFlowGptUpstream(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FlowGptOptions>, FlowGptOptionsValidator>());
        services.TryAddSingleton<FlowGptUpstream>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IProviderKind, FlowGptKind>());
        return services.AddOptions<FlowGptOptions>().ValidateOnStart();
    }
}
