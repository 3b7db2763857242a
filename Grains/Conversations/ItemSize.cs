using System.Collections.Immutable;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Conversations;

/// <summary>How much an item holds, and whether two are the same. Pure.</summary>
internal static class ItemSize
{
    // Names of members and punctuation around an item.
    private const int Framing = 64;

    /// <summary>UTF-8 bytes of everything in an item.</summary>
    public static long Of(Item item) =>
        item switch
        {
            MessageItem message => Of(message.Parts) + Of(message.Name),
            ToolCallItem call => Of(call.CallId) + Of(call.Name) + Of(call.Arguments),
            ToolResultItem result => Of(result.CallId) + Of(result.Parts),
            ReasoningItem reasoning => Of(reasoning.Text) + Of(reasoning.Encrypted),
            OpaqueItem opaque => Of(opaque.Json),
            _ => 0,
        };

    /// <summary>About how many bytes an item takes in a record.</summary>
    public static long BytesOf(Item item) => Framing + Of(item);

    /// <summary>Whether a client that sends its history again means the same item: ids take no part, since many clients leave them out.</summary>
    public static bool IsSame(Item sent, Item stored) =>
        ReferenceEquals(sent, stored) || (sent with { Id = null }).Equals(stored with { Id = null });

    private static long Of(ImmutableArray<Part> parts) =>
        parts.Sum(static part =>
            part switch
            {
                TextPart text => Of(text.Text),
                RefusalPart refusal => Of(refusal.Text),
                ImagePart image => Of(image.Url),
                FilePart file => Of(file.Data),
                AudioPart audio => Of(audio.Data),
                OpaquePart opaque => Of(opaque.Json),
                _ => 0,
            }
        );

    private static long Of(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}
