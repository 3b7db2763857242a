namespace FlowGpt.Simulator.Conversations;

/// <summary>What the OpenAI-compatible face read from one accepted request, and what it made besides text.</summary>
public sealed record OpenAiExchange
{
    /// <summary>The request's path and query.</summary>
    public required string Path { get; init; }

    /// <summary>The request's headers, without the key's.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The request's body exactly as received.</summary>
    public required string Body { get; init; }

    /// <summary>The model that was asked.</summary>
    public required string Model { get; init; }

    /// <summary>Whether the reply was asked for as a stream.</summary>
    public bool Stream { get; init; }

    /// <summary>The roles of the messages, in order.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Images, files and audio of all messages, in order.</summary>
    public IReadOnlyList<SentPart> Parts { get; init; } = [];

    /// <summary>The names of the tools that were offered, in order.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>The request's fields that chat completions or embeddings are not known to have, as raw JSON.</summary>
    public IReadOnlyDictionary<string, string> UnknownFields { get; init; } = new Dictionary<string, string>();

    /// <summary>The names of the tools that the reply called, in order, as far as they were written.</summary>
    public IReadOnlyList<string> Calls { get; init; } = [];

    /// <summary>The prompt tokens that were charged and told.</summary>
    public int PromptTokens { get; init; }

    /// <summary>The completion tokens that were charged and told: text, shown and hidden reasoning, refusals and arguments of tools.</summary>
    public int CompletionTokens { get; init; }

    /// <summary>Images, counted.</summary>
    public int Images => Parts.Count(static part => part.Kind == "image");
}
