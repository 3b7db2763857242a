using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Turns;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Turns;

public sealed class ContextFitTests
{
    [Property]
    public void DropOldest_AnyContext_FitsOrIsDownToRulesAndNewItems(byte[] sizes, byte incoming, byte limit, bool hasRule)
    {
        var stored = sizes.Select(Stored).ToArray();
        var news = Enumerable.Range(0, 1 + incoming % 3).Select(i => (Item)Messages.User(new string('n', i)));
        ImmutableArray<Item> context = [.. hasRule ? [Messages.System("rule")] : Array.Empty<Item>(), .. stored, .. news];
        var (all, rules, newItems) = (context.Sum(Size), hasRule ? 1 : 0, 1 + incoming % 3);

        var (fitted, tokens) = ContextFit.DropOldest(context, newItems, all, limit, (item, _) => Size(item));

        Assert.Equal(fitted.Sum(Size), tokens);
        Assert.Equal(context.Take(rules).Concat(context.TakeLast(fitted.Length - rules)), fitted);
        Assert.True(tokens <= limit || fitted.Length == rules + newItems);
        Assert.True(fitted.Length >= rules + newItems);
        var dropped = context.Length - fitted.Length;
        if (dropped > 0 && dropped < stored.Length)
        {
            // Whole turns are dropped: the rest begins with a user's message, and would not have fitted with the newest dropped turn.
            Assert.IsType<MessageItem>(fitted[rules]);
            Assert.Equal(MessageRole.User, ((MessageItem)fitted[rules]).Role);
        }

        if (dropped > 0)
        {
            var last = LastTurn(stored[..dropped]);
            Assert.True(tokens + last.Sum(Size) > limit);
        }
    }

    [Property]
    public void LeaveOutFar_AnyContext_LeavesWhatDropOldestKeeps_AndCountsLittle(byte[] sizes, byte incoming, byte limit, bool hasRule)
    {
        var news = 1 + (incoming % 3);
        ImmutableArray<Item> context =
        [
            .. hasRule ? [Messages.System("rule")] : Array.Empty<Item>(),
            .. sizes.Select(Stored),
            .. Enumerable.Range(0, news).Select(i => (Item)Messages.User(new string('n', i))),
        ];
        var (expected, _) = ContextFit.DropOldest(context, news, context.Sum(Size), limit, (item, _) => Size(item));
        var counted = new List<int>();

        var near = ContextFit.LeaveOutFar(context, news, limit, (item, _) => Tally(counted, Size(item)));
        var (fitted, _) = ContextFit.DropOldest(near, news, near.Sum(Size), limit, (item, _) => Size(item));

        Assert.Equal(expected, fitted);
        Assert.True(counted.SkipLast(1).Sum() <= limit || counted.Count <= news, "It was counted on beyond the limit.");
    }

    private static int Tally(List<int> counted, int size)
    {
        counted.Add(size);
        return size;
    }

    [Property]
    public void DropOldest_AnyToolTurns_KeepsEachCallWithItsResult(byte[] turns, byte limit, bool answersStoredCall)
    {
        var stored = turns.SelectMany(ToolTurn).ToList();
        Item[] news = [Messages.User("next")];
        if (answersStoredCall)
        {
            stored.AddRange([Messages.User("ask"), new ToolCallItem("open", "f", "{}")]);
            news = [new ToolResultItem("open", [new TextPart("42")])];
        }

        ImmutableArray<Item> context = [.. stored, .. news];

        var (fitted, _) = ContextFit.DropOldest(context, news.Length, context.Sum(Size), limit, (item, _) => Size(item));

        var calls = fitted.OfType<ToolCallItem>().Select(call => call.CallId);
        var results = fitted.OfType<ToolResultItem>().Select(result => result.CallId);
        Assert.Equal(calls.Order(), results.Order());
        Assert.Equal(news, fitted.TakeLast(news.Length));
    }

    private static Item Stored(byte size) =>
        size % 3 == 0 ? Messages.Assistant(new string('a', size)) : Messages.User(new string('u', size));

    private static IEnumerable<Item> ToolTurn(byte size, int index)
    {
        yield return Messages.User(new string('u', size % 7));
        for (var i = 0; i < size % 3; i++)
        {
            yield return new ToolCallItem($"{index}-{i}", "f", new string('x', size % 11));
        }

        for (var i = 0; i < size % 3; i++)
        {
            yield return new ToolResultItem($"{index}-{i}", [new TextPart("result")]);
        }

        yield return Messages.Assistant("done");
    }

    /// <summary>The items from the last user's message on; all of them if there is none.</summary>
    private static Item[] LastTurn(Item[] items)
    {
        var start = Array.FindLastIndex(items, static item => item is MessageItem { Role: MessageRole.User });
        return items[Math.Max(0, start)..];
    }

    [Fact]
    public void NewestOf_IsTheLatestMessageOfTheUserOrTheLatestResults()
    {
        var (user, assistant) = (MessageItem.Of(MessageRole.User, "u"), MessageItem.Of(MessageRole.Assistant, "a"));
        var (call, result) = (new ToolCallItem("c", "t", "{}"), new ToolResultItem("c", []));

        Assert.Equal(0, ContextFit.NewestOf([]));
        Assert.Equal(1, ContextFit.NewestOf([user, user]));
        Assert.Equal(2, ContextFit.NewestOf([user, assistant, user, assistant]));
        Assert.Equal(1, ContextFit.NewestOf([user, call, result]));
        Assert.Equal(2, ContextFit.NewestOf([user, call, call, result, result]));
    }

    private static int Size(Item item) =>
        item switch
        {
            ToolCallItem call => call.Arguments.Length + 1,
            _ => item.TextOf().Length + 1,
        };
}
