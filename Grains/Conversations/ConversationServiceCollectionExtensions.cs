using FlowGpt.Grains.Cluster;
using FlowGpt.Grains.Conversations.Pending;
using FlowGpt.Grains.Isolation;
using FlowGpt.Grains.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Conversations;

/// <summary>Registers conversations.</summary>
public static class ConversationServiceCollectionExtensions
{
    /// <summary>Adds conversations; the caller binds the returned options to <see cref="ConversationOptions.Section"/>.</summary>
    public static OptionsBuilder<ConversationOptions> AddConversations(this IServiceCollection services)
    {
        services.AddSingleton<TokenCounter>();
        services.AddHostedService<TokenCounterWarmUp>();
        services.AddMetrics();
        services.AddSingleton<ConversationInstruments>();
        services.AddSingleton<TurnServices>();
        services.AddSingleton<TurnCourse>();
        services.AddSingleton<ResponseRegistry>();
        services.AddHostedService(provider => provider.GetRequiredService<ResponseRegistry>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddHostedService<PendingTurnsSweeper>();
        services.TryAddSingleton<SiloDrain>();
        services.TryAddSingleton<SiloContact>();
        services.AddSingleton<TurnAdmission>();
        services.AddPlacementDirector<ConversationPlacement, ConversationPlacementDirector>();
        return services.AddOptions<ConversationOptions>().ValidateDataAnnotations().ValidateOnStart();
    }
}
