using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Conversations;

/// <summary>Cuts the page out of a list that a client asks for. Pure.</summary>
internal static class ItemPages
{
    public static ItemPage Cut(IReadOnlyList<Item> items, ItemQuery query)
    {
        var first = 0;
        if (query.After is { } after)
        {
            while (first < items.Count && At(first).Id != after)
            {
                first++;
            }

            if (first == items.Count)
            {
                return new([], HasMore: false, IsAfterUnknown: true);
            }

            first++;
        }

        var count = Math.Min(query.Limit, items.Count - first);
        return new([.. Enumerable.Range(first, count).Select(At)], first + count < items.Count);

        Item At(int place) => items[query.IsAscending ? place : items.Count - 1 - place];
    }
}
