using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Tokens;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// Counts the tokens of a conversation's items, each item once: an item never changes, and a long conversation would otherwise be counted whole at every turn. Not
/// thread-safe.
/// </summary>
internal sealed class ItemTokens(TokenCounter counter)
{
    /// <summary>So many counts are kept for each item of the context: older counts belong to items that are no longer there.</summary>
    private const int KeptForEach = 2;

    private readonly Dictionary<Item, int> _counts = new(ReferenceEqualityComparer.Instance);

    /// <summary>As <see cref="PromptTokens.CountPrompt(TokenCounter, TurnRequest, ReadOnlySpan{Item}, int)"/>.</summary>
    public int CountPrompt(TurnRequest request, ImmutableArray<Item> context)
    {
        if (_counts.Count > KeptForEach * context.Length)
        {
            _counts.Clear();
        }

        return counter.CountPrompt(request, context.AsSpan(), CountItem);
    }

    /// <summary>As <see cref="PromptTokens.CountItem"/>.</summary>
    public int CountItem(Item item, Item? before)
    {
        // The part of a call depends on what stands before the call.
        if (item is ToolCallItem)
        {
            return counter.CountItem(item, before);
        }

        if (!_counts.TryGetValue(item, out var count))
        {
            count = counter.CountItem(item, before);
            _counts.Add(item, count);
        }

        return count;
    }
}
