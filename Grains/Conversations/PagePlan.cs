using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Conversations;

/// <summary>A page with its items in memory.</summary>
internal sealed record LoadedPage(PageRef Ref, IReadOnlyList<Item> Items);

/// <summary>How a conversation's items are laid out in pages and in the head's tail after a change. Pure.</summary>
/// <param name="Kept">Pages that stay as they are.</param>
/// <param name="Skip">Items at the beginning of the first kept page that no longer belong to the conversation.</param>
/// <param name="New">The items of each page to write, in order, after the kept items.</param>
/// <param name="Tail">The last items, which stay in the head.</param>
/// <param name="Dropped">Pages that no longer belong to the conversation.</param>
internal sealed record PagePlan(
    ImmutableArray<LoadedPage> Kept,
    int Skip,
    ImmutableArray<ImmutableArray<Item>> New,
    ImmutableArray<Item> Tail,
    ImmutableArray<PageRef> Dropped
)
{
    /// <summary>A tail of more bytes is written into pages.</summary>
    public const int TailBytes = 16 * 1024;

    /// <summary>A page takes no further item beyond this many bytes.</summary>
    public const int PageBytes = 48 * 1024;

    /// <summary>Lays items out.</summary>
    /// <param name="pages">The pages so far, in order.</param>
    /// <param name="skip">Items at the beginning of the first page that no longer belong to the conversation.</param>
    /// <param name="dropped">How many more of the oldest items no longer belong to the conversation.</param>
    /// <param name="items">All items as they are now.</param>
    public static PagePlan For(ImmutableArray<LoadedPage> pages, int skip, int dropped, ReadOnlySpan<Item> items)
    {
        skip += dropped;
        var first = 0;
        while (first < pages.Length && skip >= pages[first].Items.Count)
        {
            skip -= pages[first++].Items.Count;
        }

        if (first == pages.Length)
        {
            skip = 0;
        }

        var (end, taken) = (first, 0);
        while (end < pages.Length && StartsWith(items[taken..], pages[end].Items, end == first ? skip : 0))
        {
            taken += pages[end].Items.Count - (end == first ? skip : 0);
            end++;
        }

        if (end == first)
        {
            skip = 0;
        }

        var (added, tail) = Cut(items[taken..]);
        return new(pages[first..end], skip, added, tail, [.. pages[..first].AddRange(pages[end..]).Select(static page => page.Ref)]);
    }

    private static bool StartsWith(ReadOnlySpan<Item> items, IReadOnlyList<Item> page, int skip)
    {
        if (items.Length < page.Count - skip)
        {
            return false;
        }

        for (var i = skip; i < page.Count; i++)
        {
            if (!ReferenceEquals(items[i - skip], page[i]) && !ItemSize.IsSame(items[i - skip], page[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static (ImmutableArray<ImmutableArray<Item>> New, ImmutableArray<Item> Tail) Cut(ReadOnlySpan<Item> items)
    {
        var added = ImmutableArray.CreateBuilder<ImmutableArray<Item>>();
        var left = 0L;
        foreach (var item in items)
        {
            left += ItemSize.BytesOf(item);
        }

        while (left > TailBytes)
        {
            var (count, bytes) = (1, ItemSize.BytesOf(items[0]));
            while (count < items.Length && bytes + ItemSize.BytesOf(items[count]) <= PageBytes)
            {
                bytes += ItemSize.BytesOf(items[count++]);
            }

            added.Add([.. items[..count]]);
            items = items[count..];
            left -= bytes;
        }

        return (added.ToImmutable(), [.. items]);
    }
}
