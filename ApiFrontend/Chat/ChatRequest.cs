using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Chat;

namespace FlowGpt.ApiFrontend.Chat;

/// <summary>A chat completion request whose fields have all been checked.</summary>
internal sealed class ChatRequest
{
    public required string Model { get; init; }

    public required ImmutableArray<ChatMessage> Messages { get; init; }

    public required GenerationOptions Options { get; init; }

    /// <summary>Whether the reply goes out as server-sent events.</summary>
    public bool Stream { get; init; }

    /// <summary>Whether a stream ends with a usage chunk.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary><c>metadata.conversation_id</c>, not yet checked.</summary>
    public string? ConversationId { get; init; }
}
