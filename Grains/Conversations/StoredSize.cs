using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Turns;

namespace FlowGpt.Grains.Conversations;

/// <summary>About how many bytes the records of a conversation take. Pure.</summary>
internal static class StoredSize
{
    // A record's key, its tag, and the members that every record has.
    private const int Record = 1024;

    // A number as JSON has it, with its comma.
    private const int Number = 12;

    // Text of a token; mostly, a token is an event of its own.
    private const int Token = 4;

    // Around a reply: its first and last events, and the framing of its items.
    private const int ReplyFraming = 512;

    /// <summary>Most room that is taken for a reply before its turn begins; as much again is taken whenever the reply has used what was taken.</summary>
    public const long FirstReplyRoom = 32 * 1024;

    /// <summary>The head, the pages as they were written last, and the kept responses.</summary>
    public static long Of(ConversationState state) =>
        Record + (state.Metadata?.Length ?? 0) + OfItems(state.Tail) + state.Pages.Concat(state.Lead).Sum(OfPage) + state.KeptBytes;

    /// <summary>Items that are not stored yet.</summary>
    public static long OfItems(IEnumerable<Item> items) => items.Sum(Of);

    /// <summary>An item: one that is larger than a record may be is stored in chunks, which are base64 in their records.</summary>
    public static long Of(Item item) => ItemSize.BytesOf(item) is var bytes && bytes <= PageRecords.ChunkBytes ? bytes : bytes * 4 / 3;

    /// <summary>A kept response without its events.</summary>
    public static long OfKept(TurnRequest request) =>
        request.Keeping is { } keeping ? Record + keeping.Shape.Length + 2L * (keeping.Metadata?.Length ?? 0) + OfItems(request.Input) : 0;

    /// <summary>The events of a kept response: bytes are base64 in a record.</summary>
    public static long OfEvents(ResponseLog log) => log.Bytes.Length * 4L / 3 + (long)Number * log.NextSequence;

    /// <summary>The reply so far: its items, and its events where the response is kept.</summary>
    public static long OfReply(ResponseLog log, bool isKept) => log.Bytes.Length + (isKept ? OfEvents(log) : 0);

    /// <summary>The room that is taken for a reply before its turn begins: about that of the most tokens that were asked for, within <see cref="FirstReplyRoom"/>.</summary>
    public static long FirstRoomOf(TurnRequest request) =>
        request.Sampling.MaxOutputTokens is { } most
            ? Math.Min(FirstReplyRoom, ReplyFraming + ((long)most * (Token + (request.Keeping is null ? 0 : (Token * 4 / 3) + Number))))
            : FirstReplyRoom;

    private static long OfPage(PageRef page) => page.Bytes > 0 ? page.Bytes : (long)page.Chunks * PageRecords.ChunkBytes;
}
