using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Turns;

/// <summary>Fits a context into a route's window, so that a long conversation continues instead of ending with an error. Pure.</summary>
public static class ContextFit
{
    /// <summary>A token has about four characters; twice that for each token of a window is far more than fits.</summary>
    private const long FarCharacters = 8;

    /// <summary>
    /// Leaves out the oldest stored turns after the leading system messages until the prompt has at most <paramref name="maxTokens"/>. A turn is left out whole,
    /// from a user's message to the item before the next user's message, so a tool call and its result stay or go together. The turn's own new items always
    /// stay, and so does a stored turn with a call that one of them answers; the caller refuses a context that is too long even so.
    /// </summary>
    /// <param name="context">The whole context.</param>
    /// <param name="incoming">How many items at the end are new.</param>
    /// <param name="promptTokens">Tokens of the whole context.</param>
    /// <param name="maxTokens">Most tokens allowed.</param>
    /// <param name="count">Tokens of one item with its framing, given the item before.</param>
    /// <returns>The context to send and its tokens.</returns>
    public static (ImmutableArray<Item> Context, int PromptTokens) DropOldest(
        ImmutableArray<Item> context,
        int incoming,
        int promptTokens,
        int maxTokens,
        Func<Item, Item?, int> count
    )
    {
        var stored = FirstToKeep(context, context.Length - incoming);
        var first = 0;
        while (first < stored && IsSystem(context[first]))
        {
            first++;
        }

        var next = first;
        while (promptTokens > maxTokens && next < stored)
        {
            do
            {
                promptTokens -= count(context[next], next == 0 ? null : context[next - 1]);
                next++;
            } while (next < stored && context[next] is not MessageItem { Role: MessageRole.User });
        }

        return next == first ? (context, promptTokens) : (context.RemoveRange(first, next - first), promptTokens);
    }

    /// <summary>
    /// Leaves out, without counting them, the old items behind which more than <paramref name="maxTokens"/> follow: <see cref="DropOldest"/> would leave them
    /// out whatever they have. What it keeps in any case stays here too.
    /// </summary>
    /// <param name="context">The whole context.</param>
    /// <param name="incoming">How many items at the end are new.</param>
    /// <param name="maxTokens">Most tokens allowed.</param>
    /// <param name="count">Tokens of one item with its framing, given the item before; more than <paramref name="maxTokens"/> need not be exact.</param>
    public static ImmutableArray<Item> LeaveOutFar(ImmutableArray<Item> context, int incoming, int maxTokens, Func<Item, Item?, int> count)
    {
        var stored = FirstToKeep(context, context.Length - incoming);
        var lead = 0;
        while (lead < stored && IsSystem(context[lead]))
        {
            lead++;
        }

        var tokens = 0L;
        var from = context.Length;
        while (from > lead && (from > stored || tokens <= maxTokens))
        {
            from--;
            tokens += tokens > maxTokens ? 0 : count(context[from], from == 0 ? null : context[from - 1]);
        }

        return from <= lead ? context : context.RemoveRange(lead, from - lead);
    }

    /// <summary>Whether a context has far more text than fits, so that counting all of it is not worth while.</summary>
    public static bool IsFarBeyond(ImmutableArray<Item> context, int maxTokens)
    {
        var characters = 0L;
        foreach (var item in context)
        {
            foreach (
                var part in item is MessageItem message ? message.Parts
                : item is ToolResultItem result ? result.Parts
                : []
            )
            {
                characters += part is TextPart text ? text.Text.Length : 0;
            }

            characters += item is ToolCallItem call ? call.Arguments.Length : 0;
        }

        return characters > maxTokens * FarCharacters;
    }

    /// <summary>How many items at the end of a context are its newest turn: the results of the latest calls, or else the latest message of the user and what follows.</summary>
    public static int NewestOf(ImmutableArray<Item> context)
    {
        var first = context.Length - 1;
        if (first < 0)
        {
            return 0;
        }

        if (context[first] is not ToolResultItem)
        {
            while (first > 0 && context[first] is not MessageItem { Role: MessageRole.User })
            {
                first--;
            }

            return context.Length - first;
        }

        while (first > 0 && context[first - 1] is ToolResultItem)
        {
            first--;
        }

        return context.Length - first;
    }

    /// <summary>The first stored item that must stay: where the turn begins that made the earliest call that a new item answers.</summary>
    private static int FirstToKeep(ImmutableArray<Item> context, int stored)
    {
        HashSet<string>? answered = null;
        for (var i = stored; i < context.Length; i++)
        {
            if (context[i] is ToolResultItem result)
            {
                (answered ??= new(StringComparer.Ordinal)).Add(result.CallId);
            }
        }

        if (answered is null)
        {
            return stored;
        }

        var turn = 0;
        for (var i = 0; i < stored; i++)
        {
            if (context[i] is MessageItem { Role: MessageRole.User })
            {
                turn = i;
            }
            else if (context[i] is ToolCallItem call && answered.Contains(call.CallId))
            {
                return turn;
            }
        }

        return stored;
    }

    private static bool IsSystem(Item item) => item is MessageItem { Role: MessageRole.System or MessageRole.Developer };
}
