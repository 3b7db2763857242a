namespace FlowGpt.Simulator.Chat;

/// <summary>The body of <c>POST /conversation/create</c>.</summary>
internal sealed record CreateRequest
{
    public string? PromptId { get; init; }

    public string? Location { get; init; }

    public ChatMessage[]? Messages { get; init; }
}
