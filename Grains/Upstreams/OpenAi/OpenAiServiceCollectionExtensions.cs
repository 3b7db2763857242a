using FlowGpt.Grains.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Registers the provider kind <c>openai</c>.</summary>
public static class OpenAiServiceCollectionExtensions
{
    /// <summary>
    /// Adds the kind, and the validation of its options at start. The caller binds the returned options, usually to the section
    /// <see cref="OpenAiOptions.SectionName"/>.
    /// </summary>
    public static OptionsBuilder<OpenAiOptions> AddOpenAiKind(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<OpenAiInstruments>();
        services.TryAddSingleton<ISecretVault, EphemeralVault>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OpenAiOptions>, OpenAiOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IProviderKind, OpenAiKind>());
        return services.AddOptions<OpenAiOptions>().ValidateOnStart();
    }
}
