using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>Items of the input that only name an item of what the request goes on from.</summary>
public static class ItemReferences
{
    /// <summary>Whether an item only names another one.</summary>
    public static bool Is(Item item) => item is OpaqueItem { Dialect: DialectNames.ItemReference };

    /// <summary>The refusal of a reference whose item is not there: the same where nothing is gone on from and where that does not have the item.</summary>
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
