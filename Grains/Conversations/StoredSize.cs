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

    /// <summary>The head, the pages as they were written last, and the kept responses.</summary>
    public static long Of(ConversationState state) =>
        Record + (state.Metadata?.Length ?? 0) + OfItems(state.Tail) + state.Pages.Concat(state.Lead).Sum(OfPage) + state.KeptBytes;

    /// <summary>Items that are not stored yet.</summary>
    public static long OfItems(IEnumerable<Item> items) => items.Sum(ItemSize.BytesOf);

    /// <summary>A kept response without its events.</summary>
    public static long OfKept(TurnRequest request) =>
        request.Keeping is { } keeping ? Record + keeping.Shape.Length + 2L * (keeping.Metadata?.Length ?? 0) + OfItems(request.Input) : 0;

    /// <summary>The events of a kept response: bytes are base64 in a record.</summary>
    public static long OfEvents(ResponseLog log) => log.Bytes.Length * 4L / 3 + (long)Number * log.NextSequence;

    private static long OfPage(PageRef page) => page.Bytes > 0 ? page.Bytes : (long)page.Chunks * PageRecords.ChunkBytes;
}
