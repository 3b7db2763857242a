using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace FlowGpt.Grains.Interfaces.Chat;

/// <summary>One message of a conversation, already validated and free of content parts: text parts are joined, others were refused.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">The text; empty for an assistant turn that only calls tools. Never null.</param>
/// <param name="Name">The speaker's name, if the caller gave one.</param>
/// <param name="ToolCallId">For <see cref="ChatRole.Tool"/>: the call this message answers.</param>
/// <param name="ToolCalls">For <see cref="ChatRole.Assistant"/>: the calls it made, in order; empty otherwise.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ChatMessage")]
public sealed record ChatMessage(
    [property: Id(0)] ChatRole Role,
    [property: Id(1)] string Content,
    [property: Id(2)] string? Name = null,
    [property: Id(3)] string? ToolCallId = null,
    ImmutableArray<ToolCall> ToolCalls = default
)
{
    /// <summary>The calls it made. Made empty rather than default, which JSON storage could not write.</summary>
    [Id(4)]
    public ImmutableArray<ToolCall> ToolCalls { get; init; } = ToolCalls.IsDefault ? [] : ToolCalls;

    /// <summary>The calls, never the default array.</summary>
    [JsonIgnore]
    public ImmutableArray<ToolCall> ToolCallsOrEmpty => ToolCalls.IsDefault ? [] : ToolCalls;

    /// <summary>Says who speaks and how much, never what: messages must not reach a log.</summary>
    public override string ToString() => $"{Role} ({Content.Length} characters)";
}
