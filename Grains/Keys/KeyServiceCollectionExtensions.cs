using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Keys;

/// <summary>Registers client keys.</summary>
public static class KeyServiceCollectionExtensions
{
    /// <summary>
    /// Adds what client keys need on a silo. Options come from <see cref="KeyUseOptions.Section"/> and are validated at start. State goes to the
    /// default grain storage.
    /// </summary>
    public static IServiceCollection AddClientKeys(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<KeyInstruments>();
        services.AddSingleton<KeyReservations>();
        services.AddSingleton<IKeyReservations>(static provider => provider.GetRequiredService<KeyReservations>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<KeyReservations>());
        services.AddSingleton<IKeyReportClient, KeyReportClient>();
        services.AddGrainService<KeyReportService>();
        services.AddSingleton<IValidateOptions<KeyUseOptions>, KeyUseOptionsValidator>();
        services.AddOptions<KeyUseOptions>().BindConfiguration(KeyUseOptions.Section).ValidateOnStart();
        return services;
    }
}
