using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Interfaces.Addresses;

/// <summary>
/// Ids of items: made of the response that they belong to and a number, so that every showing of an item has the same id. The id of an item that a kept response made holds
/// the response's id, so that the item is found without an index.
/// </summary>
public static class ItemIds
{
    /// <summary>What the ids of responses start with that make items with ids of their own: those of the Responses dialect.</summary>
    public const string ResponsePrefix = "resp_";

    private const int IdBytes = 16;
    private const int NumberLetters = 4;
    private const int MaxNumber = (1 << (4 * NumberLetters)) - 1;

    private static readonly string[] Prefixes = ["msg_", "rs_", "ctc_", "fc_", "cto_", "fco_", "itm_"];

    /// <summary>The id of an item that a response made.</summary>
    /// <param name="prefix">What ids of such items start with; see <see cref="PrefixOf"/>.</param>
    /// <param name="responseId">The response.</param>
    /// <param name="item">The item's number in the response's log.</param>
    public static string Of(string prefix, string responseId, int item)
    {
        ArgumentNullException.ThrowIfNull(responseId);
        if (item is >= 0 and <= MaxNumber && AddressCodec.IsInConversation(ResponsePrefix, responseId))
        {
            return string.Concat(prefix, responseId.AsSpan(ResponsePrefix.Length), item.ToString("x4", CultureInfo.InvariantCulture));
        }

        var text = new byte[Encoding.UTF8.GetByteCount(responseId) + sizeof(int)];
        var length = Encoding.UTF8.GetBytes(responseId, text);
        BinaryPrimitives.WriteInt32BigEndian(text.AsSpan(length), item);
        return prefix + Convert.ToHexStringLower(SHA256.HashData(text).AsSpan(0, IdBytes));
    }

    /// <summary>The id of the response that made an item, where the item's id holds it; null for any other id. Not checked: reading the id as an address checks it.</summary>
    /// <param name="itemId">The item's id.</param>
    public static string? ResponseOf(string itemId)
    {
        ArgumentNullException.ThrowIfNull(itemId);
        foreach (var prefix in Prefixes)
        {
            if (itemId.StartsWith(prefix, StringComparison.Ordinal) && itemId.Length > prefix.Length + NumberLetters)
            {
                return string.Concat(ResponsePrefix, itemId.AsSpan(prefix.Length, itemId.Length - prefix.Length - NumberLetters));
            }
        }

        return null;
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

    /// <summary>Items that came in, each with an id of its own: the given id, or an id made of the item's place where none was given or another item has it.</summary>
    /// <param name="items">The items.</param>
    /// <param name="owner">The response or the change that brought them; unique.</param>
    /// <param name="before">The items that are there already.</param>
    public static ImmutableArray<Item> Assign(ImmutableArray<Item> items, string owner, IReadOnlyCollection<Item> before)
    {
        HashSet<string>? taken = null;
        if (items.Any(static item => item.Id is not null))
        {
            taken = before.Select(static item => item.Id).OfType<string>().ToHashSet(StringComparer.Ordinal);
        }

        return
        [
            .. items.Select(
                (item, place) => item.Id is { } id && taken!.Add(id) ? item : item with { Id = Of(PrefixOf(item), owner, -1 - place) }
            ),
        ];
    }
}
