using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Isolation;
using FlowGpt.Grains.Timing;
using FlowGpt.Grains.Tokens;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Decorators;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Turns;

/// <summary>Registers turns.</summary>
public static class TurnServiceCollectionExtensions
{
    /// <summary>Adds the running of turns; the caller binds the returned options to <see cref="TurnOptions.Section"/>.</summary>
    public static OptionsBuilder<TurnOptions> AddTurns(this IServiceCollection services)
    {
        services.AddSingleton<TokenCounter>();
        services.AddHostedService<TokenCounterWarmUp>();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ProviderKinds>();
        services.TryAddSingleton<PoolCatalog>();
        services.AddSingleton<TurnInstruments>();
        services.AddSingleton<TurnServices>();
        services.AddSingleton<TurnRunner>();
        services.AddSingleton<LocalTurns>();
        services.AddSingleton<ILocalTurns>(static provider => provider.GetRequiredService<LocalTurns>());
        services.AddSingleton<ResponseRegistry>();
        services.AddSingleton<IRunningResponses>(static provider => provider.GetRequiredService<ResponseRegistry>());
        services.AddHostedService(static provider => provider.GetRequiredService<ResponseRegistry>());
        services.TryAddSingleton(new ClusterTiming());
        services.TryAddSingleton<SiloDrain>();
        services.TryAddSingleton<SiloContact>();
        services.AddSingleton<TurnAdmission>();
        services.AddPlacementDirector<TurnPlacement, TurnPlacementDirector>();
        services.AddOptions<EmulationOptions>();
        return services.AddOptions<TurnOptions>().ValidateDataAnnotations().ValidateOnStart();
    }
}
