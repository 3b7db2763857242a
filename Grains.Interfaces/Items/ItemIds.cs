using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.Grains.Interfaces.Items;

/// <summary>Ids of items: made of the response that they belong to and a number, so that every showing of an item has the same id.</summary>
public static class ItemIds
{
    private const int IdBytes = 16;

    /// <summary>The id of an item that a response made.</summary>
    /// <param name="prefix">What ids of such items start with; see <see cref="PrefixOf"/>.</param>
    /// <param name="responseId">The response.</param>
    /// <param name="item">The item's number in the response's log.</param>
    public static string Of(string prefix, string responseId, int item)
    {
        ArgumentNullException.ThrowIfNull(responseId);
        var text = new byte[Encoding.UTF8.GetByteCount(responseId) + sizeof(int)];
        var length = Encoding.UTF8.GetBytes(responseId, text);
        BinaryPrimitives.WriteInt32BigEndian(text.AsSpan(length), item);
        return prefix + Convert.ToHexStringLower(SHA256.HashData(text).AsSpan(0, IdBytes));
    }

    /// <summary>What the ids of an item's kind start with.</summary>
    public static string PrefixOf(Item item) =>
        item switch
        {
            MessageItem => "msg_",
            ReasoningItem => "rs_",
            ToolCallItem { Kind: ToolKind.Custom } => "ctc_",
            ToolCallItem => "fc_",
            ToolResultItem { Kind: ToolKind.Custom } => "cto_",
            ToolResultItem => "fco_",
            _ => "itm_",
        };

    /// <summary>Items that came in, each with an id: its own, or one made of its place.</summary>
    /// <param name="items">The items.</param>
    /// <param name="owner">The response or the change that brought them; unique.</param>
    public static ImmutableArray<Item> Assign(ImmutableArray<Item> items, string owner) =>
        [.. items.Select((item, place) => item.Id is null ? item with { Id = Of(PrefixOf(item), owner, -1 - place) } : item)];
}
