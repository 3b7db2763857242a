using FlowGpt.Grains.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>Registers the provider kind <c>anthropic</c>.</summary>
public static class AnthropicServiceCollectionExtensions
{
    /// <summary>
    /// Adds the kind, and the validation of its options at start. The caller binds the returned options, usually to the section
    /// <see cref="AnthropicOptions.SectionName"/>.
    /// </summary>
    public static OptionsBuilder<AnthropicOptions> AddAnthropicKind(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<AnthropicInstruments>();
        services.TryAddSingleton<ISecretVault, EphemeralVault>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AnthropicOptions>, AnthropicOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IProviderKind, AnthropicKind>());
        return services.AddOptions<AnthropicOptions>().ValidateOnStart();
    }
}
