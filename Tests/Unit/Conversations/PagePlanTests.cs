using System.Collections.Immutable;
using FlowGpt.Grains.Conversations;
using FlowGpt.Grains.Interfaces.Items;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Conversations;

public sealed class PagePlanTests
{
    /// <summary>Appends, drops of the oldest items and changed histories, in any order: pages and tail together are the items.</summary>
    [Property(MaxTest = 200)]
    public Property For_AnyChanges_PagesAndTailAreTheItems()
    {
        var change = Gen.Choose(0, 9)
            .SelectMany(kind => Gen.Choose(1, 6).SelectMany(count => Gen.Choose(1, 20_000).Select(size => (kind, count, size))));
        return Prop.ForAll(
            change.ListOf().ToArbitrary(),
            changes =>
            {
                var layout = new Layout();
                foreach (var (kind, count, size) in changes)
                {
                    layout.Change(kind, count, size);
                    Assert.Equal(layout.Items, layout.Stored());
                    Assert.True(layout.TailBytes <= PagePlan.TailBytes);
                }
            }
        );
    }

    [Fact]
    public void For_ManySmallItemsAppended_KeepsEveryPageWritten()
    {
        var layout = new Layout();
        for (var i = 0; i < 2000; i++)
        {
            layout.Change(kind: 9, count: 1, size: 100);
            Assert.True(layout.LastPlan.New.Length <= 1);
            Assert.Empty(layout.LastPlan.Dropped);
        }

        Assert.InRange(layout.Pages.Length, 5, 30);
    }

    [Fact]
    public void Split_AnItemLargerThanARecord_ComesTogetherAgain()
    {
        Item large = MessageItem.Of(MessageRole.User, string.Concat(Enumerable.Repeat("ä€😀\n", 40_000)));

        var records = PageRecords.Split([large]);

        Assert.True(records.Count > 5);
        Assert.All(records, static record => Assert.InRange(record.Chunk!.Length, 1, PageRecords.ChunkBytes));
        Assert.Equal(large, Assert.Single(PageRecords.Join(records)));
    }

    private sealed class Layout
    {
        private int _next;
        private int _skip;
        private ImmutableArray<Item> _tail = [];

        public List<Item> Items { get; } = [];

        public ImmutableArray<LoadedPage> Pages { get; private set; } = [];

        public PagePlan LastPlan { get; private set; } = null!;

        public long TailBytes => _tail.Sum(ItemSize.BytesOf);

        public IEnumerable<Item> Stored() => [.. Pages.SelectMany(static page => page.Items).Skip(_skip), .. _tail];

        public void Change(int kind, int count, int size)
        {
            var dropped = 0;
            if (kind == 0 && Items.Count > 0)
            {
                // A client that sends another history.
                Items.RemoveRange(count % Items.Count, Items.Count - (count % Items.Count));
            }
            else if (kind is 1 or 2)
            {
                dropped = Math.Min(count, Items.Count);
                Items.RemoveRange(0, dropped);
            }

            if (kind > 1)
            {
                Items.AddRange(
                    Enumerable.Range(0, count).Select(_ => MessageItem.Of(MessageRole.User, $"{_next++} {new string('x', size)}"))
                );
            }

            LastPlan = PagePlan.For(Pages, _skip, dropped, Items.ToArray());
            Pages =
            [
                .. LastPlan.Kept,
                .. LastPlan.New.Select(items => new LoadedPage(new($"p{_next++}", items.Length, 1, default), items)),
            ];
            (_skip, _tail) = (LastPlan.Skip, LastPlan.Tail);
        }
    }
}
