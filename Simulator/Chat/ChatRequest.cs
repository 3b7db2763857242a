using System.Text.Json;

namespace FlowGpt.Simulator.Chat;

/// <summary>The body of <c>POST /v3/chat</c>. The context comes as <c>conversationId</c>, or as <c>history</c> and <c>system</c>.</summary>
internal sealed record ChatRequest
{
    public string? Model { get; init; }

    public string? PromptId { get; init; }

    public string? Question { get; init; }

    public string? ConversationId { get; init; }

    public ChatMessage[]? History { get; init; }

    public string? System { get; init; }

    public string? UserId { get; init; }

    public double? Temperature { get; init; }

    public bool? Nsfw { get; init; }

    public bool? GenerateImage { get; init; }

    public bool? GenerateAudio { get; init; }

    public JsonElement? DocumentIds { get; init; }
}
