using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace FlowGpt.Grains.Upstreams.ChatClient;

/// <summary>Registers the provider kind <c>chat-client</c>.</summary>
public static class ChatClientServiceCollectionExtensions
{
    /// <summary>Adds the kind. The program adds its clients as keyed <see cref="IChatClient"/> services, the key being the pool's name.</summary>
    public static IServiceCollection AddChatClientKind(this IServiceCollection services) =>
        services.AddSingleton<IProviderKind, ChatClientKind>();
}
