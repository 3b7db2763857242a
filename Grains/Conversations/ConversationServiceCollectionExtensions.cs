using FlowGpt.Grains.Conversations.Pending;
using FlowGpt.Grains.Conversations.Quota;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Conversations;

/// <summary>Registers stored conversations.</summary>
public static class ConversationServiceCollectionExtensions
{
    /// <summary>Adds stored conversations, and turns if they are not there; the caller binds the returned options to <see cref="ConversationOptions.Section"/>.</summary>
    public static OptionsBuilder<ConversationOptions> AddConversations(this IServiceCollection services)
    {
        services.AddHostedService<PendingTurnsSweeper>();
        services.AddOptions<StoredBytesOptions>().ValidateDataAnnotations().ValidateOnStart();
        return services.AddOptions<ConversationOptions>().ValidateDataAnnotations().ValidateOnStart();
    }
}
