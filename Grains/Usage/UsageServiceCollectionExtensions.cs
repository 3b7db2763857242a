using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Usage;

/// <summary>Registration of the usage feature.</summary>
public static class UsageServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IUsageRecorder"/> to a silo. Call it after the silo itself is added: services stop in the reverse order, and
    /// the recorder delivers what it holds while grains can still be called. The caller binds the returned options to
    /// <see cref="UsageOptions.Section"/>.
    /// </summary>
    public static OptionsBuilder<UsageOptions> AddUsageRecording(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<UsageInstruments>();
        services.AddSingleton<UsageRecorder>();
        services.AddSingleton<IUsageRecorder>(static provider => provider.GetRequiredService<UsageRecorder>());
        services.AddHostedService(static provider => provider.GetRequiredService<UsageRecorder>());
        return services.AddOptions<UsageOptions>().ValidateDataAnnotations().ValidateOnStart();
    }
}
