using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Conversations;

/// <summary>How much an item holds, and whether two are the same. Pure.</summary>
internal static class ItemSize
{
    // Names of members and punctuation around an item.
    private const int Framing = 64;

    // What the storage's JSON writes with a backslash: as two characters, or as six. Characters beyond the basic plane are two such, of four bytes in UTF-8 together.
    private static readonly SearchValues<char> Escaped = SearchValues.Create([
        .. Chars(0, 0x1f),
        '"',
        '\\',
        '\u007f',
        .. Chars(0xd800, 0xdfff),
    ]);

    /// <summary>UTF-8 bytes of everything in an item.</summary>
    public static long Of(Item item) => Sum(item, Utf8);

    /// <summary>About how many bytes an item takes in a record, as JSON.</summary>
    public static long BytesOf(Item item) => Framing + Sum(item, Json);

    private static long Sum(Item item, Func<string?, long> of) =>
        item switch
        {
            MessageItem message => Sum(message.Parts, of) + of(message.Name),
            ToolCallItem call => of(call.CallId) + of(call.Name) + of(call.Arguments),
            ToolResultItem result => of(result.CallId) + Sum(result.Parts, of),
            ReasoningItem reasoning => of(reasoning.Text) + of(reasoning.Encrypted),
            OpaqueItem opaque => of(opaque.Json),
            _ => 0,
        };

    /// <summary>Whether a client that sends its history again means the same item: ids take no part, since many clients leave them out.</summary>
    public static bool IsSame(Item sent, Item stored) =>
        ReferenceEquals(sent, stored) || (sent with { Id = null }).Equals(stored with { Id = null });

    private static long Sum(ImmutableArray<Part> parts, Func<string?, long> of) =>
        parts.Sum(part =>
            part switch
            {
                TextPart text => of(text.Text),
                RefusalPart refusal => of(refusal.Text),
                ImagePart image => of(image.Url),
                FilePart file => of(file.Data),
                AudioPart audio => of(audio.Data),
                OpaquePart opaque => of(opaque.Json),
                _ => 0,
            }
        );

    private static IEnumerable<char> Chars(int first, int last) =>
        Enumerable.Range(first, last - first + 1).Select(static code => (char)code);

    private static long Utf8(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    private static long Json(string? text)
    {
        var bytes = Utf8(text);
        var rest = text.AsSpan();
        while (rest.IndexOfAny(Escaped) is >= 0 and var at)
        {
            bytes += rest[at] switch
            {
                '"' or '\\' or '\n' or '\r' or '\t' or '\b' or '\f' => 1,
                >= '\ud800' => 4,
                _ => 5,
            };
            rest = rest[(at + 1)..];
        }

        return bytes;
    }
}
