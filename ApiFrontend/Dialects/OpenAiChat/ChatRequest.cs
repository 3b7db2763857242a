namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>A chat completion request, with what its renderers need.</summary>
internal sealed record ChatRequest : DialectRequest
{
    /// <summary>Whether a stream ends with a usage chunk.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>Whether the client knows only the old <c>function_call</c>: its request has <c>functions</c> and no <c>tools</c>.</summary>
    public bool UsesFunctions { get; init; }

    /// <summary>The client's notes about a kept completion: one JSON object of texts; null for a completion that is not kept.</summary>
    public string? Metadata { get; init; }
}
