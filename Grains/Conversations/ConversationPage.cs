using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Conversations;

/// <summary>Where some consecutive items of a conversation are stored.</summary>
/// <param name="Id">Names the page's records; unique, so that a page is written once and never changed.</param>
/// <param name="Count">How many items the page has.</param>
/// <param name="Chunks">How many records the page has: 1, or more for one item that is larger than a record may be.</param>
/// <param name="WrittenAt">When its records were last written; they end some time after that.</param>
/// <param name="Bytes">About how many bytes its records take; 0 for a page that an earlier version wrote.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.PageRef")]
public sealed record PageRef(
    [property: Id(0)] string Id,
    [property: Id(1)] int Count,
    [property: Id(2)] int Chunks,
    [property: Id(3)] DateTimeOffset WrittenAt,
    [property: Id(4)] long Bytes = 0
);

/// <summary>A record of a page: its items, or a chunk of the JSON of its one item.</summary>
[GenerateSerializer, Alias("flowgpt.ConversationPage")]
public sealed class ConversationPage
{
    /// <summary>The items; empty for a chunk.</summary>
    [Id(0)]
    public List<Item> Items { get; set; } = [];

    /// <summary>A part of the item's JSON in UTF-8; null unless the page has several records.</summary>
    [Id(1)]
    public byte[]? Chunk { get; set; }
}

/// <summary>Cuts a page into records, and puts records together.</summary>
internal static partial class PageRecords
{
    /// <summary>Most bytes of one chunk.</summary>
    public const int ChunkBytes = 48 * 1024;

    // As the other records: text stays UTF-8 instead of escapes, which take up to six times as much.
    private static readonly ItemJson Json = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static List<ConversationPage> Split(IReadOnlyList<Item> items)
    {
        if (items.Count > 1 || ItemSize.BytesOf(items[0]) <= ChunkBytes)
        {
            return [new() { Items = [.. items] }];
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(items[0], Json.Item);
        return [.. json.Chunk(ChunkBytes).Select(static chunk => new ConversationPage { Chunk = chunk })];
    }

    public static List<Item> Join(IReadOnlyList<ConversationPage> records) =>
        records is [{ Chunk: null } whole]
            ? whole.Items
            : [JsonSerializer.Deserialize([.. records.SelectMany(static record => record.Chunk ?? [])], Json.Item)!];

    [JsonSerializable(typeof(Item))]
    private sealed partial class ItemJson : JsonSerializerContext;
}
