using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Affinity;

/// <summary>What of a context an upstream that keeps conversations of text was told. Pure.</summary>
public static class SpokenItems
{
    /// <summary>
    /// Messages, calls and results, without what only one dialect knows: marks for a cache move from turn to turn, and clients may leave reasoning out.
    /// </summary>
    public static ImmutableArray<Item> Of(ImmutableArray<Item> context) =>
        context.All(static item => IsSpoken(item) && !HasOpaque(item)) ? context : [.. context.Where(IsSpoken).Select(WithoutOpaque)];

    private static bool IsSpoken(Item item) => item is MessageItem or ToolCallItem or ToolResultItem;

    private static bool HasOpaque(Item item) =>
        item switch
        {
            MessageItem message => message.Parts.Any(static part => part is OpaquePart),
            ToolResultItem result => result.Parts.Any(static part => part is OpaquePart),
            _ => false,
        };

    private static Item WithoutOpaque(Item item) =>
        item switch
        {
            MessageItem message => message with { Parts = message.Parts.RemoveAll(static part => part is OpaquePart) },
            ToolResultItem result => result with { Parts = result.Parts.RemoveAll(static part => part is OpaquePart) },
            _ => item,
        };
}
