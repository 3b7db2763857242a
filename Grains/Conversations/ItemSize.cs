using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Conversations;

/// <summary>How much an item holds, and whether two are the same. Pure.</summary>
internal static class ItemSize
{
    /// <summary>UTF-16 characters of everything in an item.</summary>
    public static long Of(Item item) =>
        item switch
        {
            MessageItem message => Of(message.Parts) + (message.Name?.Length ?? 0),
            ToolCallItem call => call.CallId.Length + call.Name.Length + call.Arguments.Length,
            ToolResultItem result => result.CallId.Length + Of(result.Parts),
            ReasoningItem reasoning => reasoning.Text.Length + (reasoning.Encrypted?.Length ?? 0),
            OpaqueItem opaque => opaque.Json.Length,
            _ => 0,
        };

    /// <summary>Whether a client that sends its history again means the same item: ids take no part, since many clients leave them out.</summary>
    public static bool IsSame(Item sent, Item stored) => (sent with { Id = null }).Equals(stored with { Id = null });

    private static long Of(ImmutableArray<Part> parts) =>
        parts.Sum(static part =>
            part switch
            {
                TextPart text => (long)text.Text.Length,
                RefusalPart refusal => refusal.Text.Length,
                ImagePart image => image.Url.Length,
                FilePart file => file.Data?.Length ?? 0,
                AudioPart audio => audio.Data.Length,
                OpaquePart opaque => opaque.Json.Length,
                _ => 0,
            }
        );
}
