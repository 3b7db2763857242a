using System.Text.Json;
using System.Text.Json.Serialization;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>What is kept of a completion beside its events, so that the completion is shown again with the same bytes, whatever becomes of its route.</summary>
internal sealed partial record ChatShape
{
    /// <summary>See <see cref="ResponseHead.ModelMembers"/>.</summary>
    public required string ModelMembers { get; init; }

    /// <summary>See <see cref="ChatRequest.Metadata"/>.</summary>
    public required string Metadata { get; init; }

    /// <summary>See <see cref="ChatRequest.IncludeUsage"/>.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>See <see cref="ChatRequest.UsesFunctions"/>.</summary>
    public bool UsesFunctions { get; init; }

    public static ChatShape Of(ChatRequest request, CachedModel model) =>
        new()
        {
            ModelMembers = model.JsonMembers,
            Metadata = request.Metadata ?? "{}",
            IncludeUsage = request.IncludeUsage,
            UsesFunctions = request.UsesFunctions,
        };

    public static ChatShape Read(string json) => JsonSerializer.Deserialize(json, ChatShapeJson.Default.ChatShape)!;

    public string Write() => JsonSerializer.Serialize(this, ChatShapeJson.Default.ChatShape);

    /// <summary>The request as far as renderers need the request.</summary>
    public ChatRequest ToRequest(KeptResponse kept) =>
        new()
        {
            Model = kept.Route,
            Content = new() { Input = [] },
            IncludeUsage = IncludeUsage,
            UsesFunctions = UsesFunctions,
            Metadata = Metadata,
        };

    public ResponseHead HeadOf(KeptResponse kept) => new(kept.ResponseId, kept.CreatedAt, kept.Route, ModelMembers);

    [JsonSerializable(typeof(ChatShape))]
    private sealed partial class ChatShapeJson : JsonSerializerContext;
}
