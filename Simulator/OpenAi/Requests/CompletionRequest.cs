using System.Text.Json;
using FlowGpt.Simulator.Conversations;

namespace FlowGpt.Simulator.OpenAi.Requests;

/// <summary>The body of <c>POST /chat/completions</c>, as far as the simulator understands it.</summary>
internal sealed record CompletionRequest
{
    public required string Model { get; init; }

    public required IReadOnlyList<RequestMessage> Messages { get; init; }

    public bool Stream { get; init; }

    public bool IncludeUsage { get; init; }

    public int? MaxTokens { get; init; }

    public IReadOnlyList<string> Stop { get; init; } = [];

    public IReadOnlyList<OfferedTool> Tools { get; init; } = [];

    public ToolChoice Choice { get; init; } = ToolChoice.Auto;

    public bool ParallelCalls { get; init; } = true;

    /// <summary><c>json_object</c>, <c>json_schema</c> or <c>text</c>.</summary>
    public string Format { get; init; } = "text";

    public JsonElement? Schema { get; init; }

    public bool Logprobs { get; init; }

    public int TopLogprobs { get; init; }

    /// <summary>Whether the sealed form of reasoning was asked for.</summary>
    public bool SealsReasoning { get; init; }

    /// <summary>The types of the tools that the server itself runs.</summary>
    public IReadOnlyList<string> BuiltIns { get; init; } = [];

    /// <summary>Tokens of everything that is sent: words, and a fixed number for each image (assumed).</summary>
    public int PromptTokens { get; init; }

    public int PromptCharacters { get; init; }

    /// <summary>The text of the latest user message; empty when there is none.</summary>
    public string Question => Messages.LastOrDefault(static message => message.Role == "user")?.Text ?? "";

    public IReadOnlyDictionary<string, string> UnknownFields { get; init; } = new Dictionary<string, string>();
}

/// <summary>One message: its text parts joined, and its other parts.</summary>
internal sealed record RequestMessage(string Role, string Text)
{
    public IReadOnlyList<SentPart> Parts { get; init; } = [];

    /// <summary>The calls of an assistant message.</summary>
    public IReadOnlyList<MadeCall> Calls { get; init; } = [];

    /// <summary>For a tool message: the call that it answers.</summary>
    public string? CallId { get; init; }
}

/// <summary>A tool call of an earlier assistant message.</summary>
internal sealed record MadeCall(string Id, string Name);

/// <summary>A tool that the request offers; a custom one takes text instead of JSON.</summary>
internal sealed record OfferedTool(string Name, bool IsCustom, JsonElement? Schema);

/// <summary>Whether tools are to be called, and which.</summary>
internal sealed record ToolChoice(bool MayCall, bool MustCall, IReadOnlyList<string>? Only = null)
{
    public static ToolChoice Auto { get; } = new(true, false);

    public static ToolChoice None { get; } = new(false, false);

    public static ToolChoice Required { get; } = new(true, true);
}
