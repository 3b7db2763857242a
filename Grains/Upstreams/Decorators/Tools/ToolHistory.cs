using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>
/// A context without tool items, for a model that knows text alone: calls stand in the assistant's messages, results are messages of the user, and text that looks like
/// the protocol is escaped. Results that follow each other, and a message of the user right after them, are one message: what an upstream conversation is continued
/// with is one message too. Pure.
/// </summary>
internal static class ToolHistory
{
    private static readonly ToolSet NoTools = new([], ToolChoice.Auto, parallel: true);

    /// <summary>What is left of a result that is cut.</summary>
    private const int CutTo = 400;

    /// <param name="context">The context.</param>
    /// <param name="demand">Comes after the last message of the user; may be empty.</param>
    /// <param name="cut">Which results are cut.</param>
    public static ImmutableArray<Item> Rewrite(ImmutableArray<Item> context, string demand, ResultCut cut)
    {
        // What only one dialect knows means nothing to this model, and may be between calls and results.
        context = InOrderOfCalls(context.RemoveAll(static item => item is OpaqueItem));
        var items = ImmutableArray.CreateBuilder<Item>(context.Length);
        var newest = NewestResults(context.AsSpan());
        var isAfterResult = false;
        for (var i = 0; i < context.Length; i++)
        {
            switch (context[i])
            {
                case ToolCallItem call:
                    var before = i > 0 ? context[i - 1] : null;
                    var closing = before is MessageItem { Role: MessageRole.Assistant } ? Closing((MessageItem)items[^1]) : "";
                    AddToLast(
                        items,
                        MessageRole.Assistant,
                        closing + ToolProtocol.Call(call),
                        before is ToolCallItem or MessageItem { Role: MessageRole.Assistant }
                    );
                    isAfterResult = false;
                    break;
                case ToolResultItem result:
                    var isCut = cut == ResultCut.All || (cut == ResultCut.Older && i < newest);
                    var text = ToolProtocol.Result(
                        LabelOf(context.AsSpan(), i),
                        isCut ? Shorten(result.Text) : result.Text,
                        result.IsError
                    );
                    AddToLast(items, MessageRole.User, text, isAfterResult);
                    isAfterResult = true;
                    break;
                case MessageItem { Role: MessageRole.User, Name: null } message
                    when isAfterResult && message.Parts.All(static part => part is TextPart):
                    AddToLast(items, MessageRole.User, ProtocolText.Escape(message.Text), joins: true);
                    isAfterResult = false;
                    break;
                case MessageItem message:
                    items.Add(
                        message with
                        {
                            Name = message.Name is { } author ? ProtocolText.Escape(author) : null,
                            Parts = [.. message.Parts.Select(Escape)],
                        }
                    );
                    isAfterResult = false;
                    break;
                default:
                    items.Add(context[i]);
                    break;
            }
        }

        if (demand.Length > 0)
        {
            AddDemand(items, demand);
        }

        return items.DrainToImmutable();
    }

    private static void AddDemand(ImmutableArray<Item>.Builder items, string demand)
    {
        if (items[^1] is MessageItem { Role: not MessageRole.Assistant } last)
        {
            items[^1] = last with { Parts = [.. last.Parts, new TextPart(demand)] };
        }
        else
        {
            items.Add(MessageItem.Of(MessageRole.User, demand.TrimStart()));
        }
    }

    private static void AddToLast(ImmutableArray<Item>.Builder items, MessageRole role, string text, bool joins)
    {
        if (joins && items.Count > 0 && items[^1] is MessageItem last && last.Role == role)
        {
            items[^1] = last with { Parts = [.. last.Parts, new TextPart(text)] };
        }
        else
        {
            items.Add(MessageItem.Of(role, text));
        }
    }

    /// <summary>The line that ends a block of code or thoughts that the text before a call leaves open: inside them the call would be text.</summary>
    private static string Closing(MessageItem said)
    {
        var reader = new ToolReplyParser(NoTools, NoSink.Instance);
        reader.Push(Encoding.UTF8.GetBytes(said.Text));
        reader.Finish();
        return reader.Closing is { Length: > 0 } closing ? $"{closing}\n" : "";
    }

    private static Part Escape(Part part) =>
        part switch
        {
            TextPart text => new TextPart(ProtocolText.Escape(text.Text)),
            RefusalPart refusal => new RefusalPart(ProtocolText.Escape(refusal.Text)),
            _ => part,
        };

    private static string Shorten(string text)
    {
        if (text.Length <= CutTo + 40)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[CutTo - 1]) ? CutTo - 1 : CutTo;
        return $"{text.AsSpan(0, end)} [{text.Length - end} more characters were left out]";
    }

    /// <summary>Where the results begin that no message or call has followed.</summary>
    private static int NewestResults(ReadOnlySpan<Item> context)
    {
        var at = context.Length;
        while (at > 0 && context[at - 1] is ToolResultItem or MessageItem { Role: MessageRole.User })
        {
            at--;
        }

        return at;
    }

    private sealed class NoSink : IToolReplySink
    {
        public static NoSink Instance { get; } = new();

        public void Text(ReadOnlySpan<byte> text) { }

        public void Thought(ReadOnlySpan<byte> text) { }

        public void Call(ToolCallText call) { }

        public void Broken(BrokenCall block) { }
    }

    /// <summary>
    /// The context with the results that follow each other in the order of their calls: a client sends results in the order in which its tools end, and this model knows
    /// no ids.
    /// </summary>
    private static ImmutableArray<Item> InOrderOfCalls(ImmutableArray<Item> context)
    {
        var items = context.ToArray();
        for (var start = 0; start < items.Length; start++)
        {
            var end = start;
            while (end < items.Length && items[end] is ToolResultItem)
            {
                end++;
            }

            if (end - start > 1)
            {
                var ordered = Enumerable
                    .Range(start, end - start)
                    .OrderBy(place => CallOf(context.AsSpan(), place) is >= 0 and var call ? call : int.MaxValue);
                ordered.Select(place => context[place]).ToArray().CopyTo(items, start);
            }

            start = end > start ? end - 1 : start;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(items);
    }

    /// <summary>
    /// The tool whose result this is: from the call that it answers, else the name that the result itself has. The arguments of the call follow where the turn has
    /// another call of the same tool.
    /// </summary>
    private static string? LabelOf(ReadOnlySpan<Item> items, int index)
    {
        var at = CallOf(items, index);
        if (at < 0)
        {
            return ((ToolResultItem)items[index]).Name is { Length: > 0 } name ? name : null;
        }

        var call = (ToolCallItem)items[at];
        return IsOneOfSeveral(items, at) ? $"{call.Name} {Shorten(call.Arguments)}" : call.Name;
    }

    /// <summary>Where the call is that a result answers; -1 when there is none.</summary>
    private static int CallOf(ReadOnlySpan<Item> items, int index)
    {
        var result = (ToolResultItem)items[index];
        var at = index - 1;
        while (at >= 0 && !(items[at] is ToolCallItem call && call.CallId == result.CallId))
        {
            at--;
        }

        return at;
    }

    private static bool IsOneOfSeveral(ReadOnlySpan<Item> items, int at)
    {
        var name = ((ToolCallItem)items[at]).Name;
        var (first, last) = (at, at);
        while (first > 0 && IsOfTurn(items[first - 1]))
        {
            first--;
        }

        while (last < items.Length - 1 && IsOfTurn(items[last + 1]))
        {
            last++;
        }

        var calls = 0;
        foreach (var item in items[first..(last + 1)])
        {
            calls += item is ToolCallItem call && call.Name == name ? 1 : 0;
        }

        return calls > 1;
    }

    private static bool IsOfTurn(Item item) => item is ToolCallItem or ReasoningItem or MessageItem { Role: MessageRole.Assistant };
}

/// <summary>Which results of tools a prompt shows cut.</summary>
internal enum ResultCut
{
    None,

    /// <summary>All but those that the model has not seen yet.</summary>
    Older,
    All,
}
