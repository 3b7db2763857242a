namespace FlowGpt.Simulator.Chat;

/// <summary>A message of a request's <c>history</c> or of a new conversation's <c>messages</c>.</summary>
internal sealed record ChatMessage(string? Role, string? Content);
