namespace FlowGpt.Grains.Interfaces.Items;

/// <summary>
/// The kind of one event of a response. Every event belongs to an item, numbered from 0 in the order of its start. An item starts once, has deltas, and ends once; an
/// item that has started and not ended when the response ends is not whole, and a whole reply leaves the item out unless the item is a message. Numbers are stored.
/// </summary>
public enum EventKind : byte
{
    /// <summary>A message starts. No payload.</summary>
    MessageStarted = 0,

    /// <summary>More text of a message: UTF-8, whole characters.</summary>
    TextDelta = 1,

    /// <summary>More of a message's refusal: UTF-8, whole characters.</summary>
    RefusalDelta = 2,

    /// <summary>Reasoning starts. No payload.</summary>
    ReasoningStarted = 3,

    /// <summary>More readable reasoning: UTF-8, whole characters.</summary>
    ReasoningDelta = 4,

    /// <summary>The sealed form of the reasoning, whole: UTF-8.</summary>
    ReasoningSealed = 5,

    /// <summary>A tool call starts. The payload is a <see cref="ToolCallHead"/>.</summary>
    ToolCallStarted = 6,

    /// <summary>More of a tool call's arguments: UTF-8, whole characters.</summary>
    ArgumentsDelta = 7,

    /// <summary>An item is whole. No payload.</summary>
    ItemEnded = 8,

    /// <summary>An item that only one dialect knows, whole. Needs no start and no end. The payload is an <see cref="OpaqueEvent"/>.</summary>
    OpaqueItem = 9,

    /// <summary>The log probabilities of the text delta before this event, as OpenAI Chat has them: one JSON object.</summary>
    Logprobs = 10,

    /// <summary>Unknown fields of a delta for a client of the provider's own dialect: one JSON object. Belongs to the item, or to the response when no item has started.</summary>
    Extension = 11,
}
