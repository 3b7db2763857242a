namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>A request for a response, with what its renderers need.</summary>
internal sealed record ResponsesRequest : DialectRequest
{
    /// <summary>What every form of the response repeats of the request.</summary>
    public required ResponseShape Shape { get; init; }
}

/// <summary>What the response shows of its request, apart from the model's name. Kept with a stored response, so that the response can be shown again.</summary>
internal sealed record ResponseShape
{
    /// <summary>The members of the response object that only repeat the request, as JSON without braces.</summary>
    public required string Echo { get; init; }

    /// <summary>Whether the response is kept, so that an interrupted response is shown as far as it was written.</summary>
    public bool IsKept { get; init; }

    /// <summary>Whether the response was asked for in the background.</summary>
    public bool IsBackground { get; init; }

    /// <summary>Whether reasoning items hold their sealed form.</summary>
    public bool IncludesSealedReasoning { get; init; }

    /// <summary>Whether texts hold the log probabilities of their tokens.</summary>
    public bool IncludesLogprobs { get; init; }

    /// <summary>The tools of namespaces, by the names that the model knows them by; null when there are none.</summary>
    public IReadOnlyDictionary<string, NamespacedTool>? Namespaced { get; init; }

    /// <summary>Whether the client searches for tools itself, so that the model's calls of that tool have their own kind of item.</summary>
    public bool HasToolSearch { get; init; }
}

/// <summary>A tool of a namespace.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Name">The tool's name in it.</param>
internal sealed record NamespacedTool(string Namespace, string Name);
