using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace FlowGpt.Grains.Interfaces.Items;

/// <summary>
/// One element of a conversation: exactly one of the records of this file. Neutral: no client dialect's names and no provider's. Equal when every part is
/// equal. <see cref="object.ToString"/> never shows content, since items must not reach a log.
/// </summary>
/// <param name="Id">The id that a client or a provider gave the item; null for an item that has none.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.Item")]
[JsonPolymorphic(TypeDiscriminatorPropertyName = "item")]
[JsonDerivedType(typeof(MessageItem), "message")]
[JsonDerivedType(typeof(ToolCallItem), "tool-call")]
[JsonDerivedType(typeof(ToolResultItem), "tool-result")]
[JsonDerivedType(typeof(ReasoningItem), "reasoning")]
[JsonDerivedType(typeof(OpaqueItem), "opaque")]
public abstract record Item([property: Id(0)] string? Id)
{
    /// <summary>The kind of item, never its content.</summary>
    public sealed override string ToString() => GetType().Name;
}

/// <summary>Who speaks in a message. Numbers are stored.</summary>
[GenerateSerializer]
public enum MessageRole
{
    System = 0,
    User = 1,
    Assistant = 2,

    /// <summary>OpenAI's name for system messages of newer models; a provider without this role is sent <see cref="System"/>.</summary>
    Developer = 3,
}

/// <summary>A message.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Parts">What is said, in order; may be empty.</param>
/// <param name="Name">The speaker's name, if the caller gave one.</param>
/// <param name="Id">See <see cref="Item"/>.</param>
/// <param name="IsIncomplete">Whether the text was cut before its end. Not compared by equality: most clients leave the state out when they send their history again.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.MessageItem")]
public sealed record MessageItem(
    [property: Id(0)] MessageRole Role,
    [property: Id(1)] ImmutableArray<Part> Parts,
    [property: Id(2)] string? Name = null,
    string? Id = null,
    [property: Id(3)] bool IsIncomplete = false
) : Item(Id)
{
    /// <summary>A message of one text.</summary>
    public static MessageItem Of(MessageRole role, string text) => new(role, text.Length == 0 ? [] : [new TextPart(text)]);

    /// <summary>All text parts, a line break between two; refusals count as text, other parts do not.</summary>
    [JsonIgnore]
    public string Text => PartText.Join(Parts);

    public bool Equals(MessageItem? other) =>
        base.Equals(other) && Role == other.Role && Name == other.Name && Parts.AsSpan().SequenceEqual(other.Parts.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Role, Name, Parts.Length);
}

/// <summary>What kind of tool is called. Numbers are stored.</summary>
[GenerateSerializer]
public enum ToolKind
{
    /// <summary>Takes arguments as a JSON object.</summary>
    Function = 0,

    /// <summary>Takes free text.</summary>
    Custom = 1,
}

/// <summary>A call of a tool that the model wants the client to make.</summary>
/// <param name="CallId">Names the call; its result repeats the name.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">JSON text for a function, free text for a custom tool; as it was received, not parsed.</param>
/// <param name="Kind">What kind of tool.</param>
/// <param name="Id">See <see cref="Item"/>.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ToolCallItem")]
public sealed record ToolCallItem(
    [property: Id(0)] string CallId,
    [property: Id(1)] string Name,
    [property: Id(2)] string Arguments,
    [property: Id(3)] ToolKind Kind = ToolKind.Function,
    string? Id = null
) : Item(Id);

/// <summary>What a tool call gave.</summary>
/// <param name="CallId">The call that it answers; may be empty in the old form of functions, which has no ids.</param>
/// <param name="Parts">The result, in order; may be empty.</param>
/// <param name="IsError">Whether the tool failed.</param>
/// <param name="Name">The tool's name where the client sends one.</param>
/// <param name="Kind">What kind of tool.</param>
/// <param name="Id">See <see cref="Item"/>.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ToolResultItem")]
public sealed record ToolResultItem(
    [property: Id(0)] string CallId,
    [property: Id(1)] ImmutableArray<Part> Parts,
    [property: Id(2)] bool IsError = false,
    [property: Id(3)] string? Name = null,
    [property: Id(4)] ToolKind Kind = ToolKind.Function,
    string? Id = null
) : Item(Id)
{
    /// <summary>All text parts, a line break between two.</summary>
    [JsonIgnore]
    public string Text => PartText.Join(Parts);

    public bool Equals(ToolResultItem? other) =>
        base.Equals(other)
        && (CallId, IsError, Name, Kind) == (other.CallId, other.IsError, other.Name, other.Kind)
        && Parts.AsSpan().SequenceEqual(other.Parts.AsSpan());

    public override int GetHashCode() => HashCode.Combine(CallId, IsError, Parts.Length);
}

/// <summary>What the model thought before it answered.</summary>
/// <param name="Text">The readable text or summary; may be empty.</param>
/// <param name="Encrypted">The provider's own sealed form, opaque to us; null when there is none.</param>
/// <param name="Id">See <see cref="Item"/>.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ReasoningItem")]
public sealed record ReasoningItem([property: Id(0)] string Text, [property: Id(1)] string? Encrypted = null, string? Id = null) : Item(Id);

/// <summary>What only one dialect knows, such as a call of a tool that the provider runs itself.</summary>
/// <param name="Dialect">The dialect that knows the item.</param>
/// <param name="Json">The item in that dialect, one JSON object.</param>
/// <param name="Id">See <see cref="Item"/>.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.OpaqueItem")]
public sealed record OpaqueItem([property: Id(0)] string Dialect, [property: Id(1)] string Json, string? Id = null) : Item(Id);
