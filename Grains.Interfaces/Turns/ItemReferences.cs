using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>Items of the input that only name another item: of the stored context, or of a kept response.</summary>
public static class ItemReferences
{
    /// <summary>Whether an item only names another item.</summary>
    public static bool Is(Item item) => item is OpaqueItem { Dialect: DialectNames.ItemReference };

    /// <summary>The refusal of a reference whose item is not there: the same with and without a stored context.</summary>
    /// <param name="reference">The reference.</param>
    public static TurnError NotFound(Item reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var id = reference.Id ?? "";
        return new(
            TurnErrorKind.ConversationNotFound,
            $"Item with id '{(id.Length <= 64 ? id : id[..64])}' not found. An 'item_reference' names an item of 'conversation', of what 'previous_response_id' goes on from, or of a kept response of this key; send the item itself.",
            Param: "input"
        );
    }
}
