using System.Collections.Immutable;
using FlowGpt.Grains.Affinity;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// The rules of a stored conversation over its record: what a turn's context is, and what each end of a turn leaves behind.
/// A turn that fails or is cancelled leaves the context as it was, so that the client can send it again.
/// </summary>
/// <param name="state">The record; changed in place, written by the caller.</param>
public sealed class Conversation(ConversationState state)
{
    /// <summary>
    /// The context of a turn with these incoming messages: what is stored and then the incoming messages. A client that sends its whole
    /// history again is recognised by its stored prefix; leading system messages replace the stored leading system messages.
    /// </summary>
    public ImmutableArray<Item> ContextFor(ImmutableArray<Item> incoming)
    {
        if (StartsWithStored(incoming))
        {
            return incoming;
        }

        var leading = LeadingSystem(incoming.AsSpan());
        if (NewAfterDropped(incoming) is { } fresh)
        {
            incoming = [.. incoming.Take(leading), .. incoming.Skip(fresh)];
        }

        var stored = state.Items.Skip(leading > 0 ? LeadingSystem(state.Items.ToArray()) : 0);
        return [.. incoming.Take(leading), .. stored, .. incoming.Skip(leading)];
    }

    /// <summary>
    /// The upstream conversation that holds everything of <paramref name="context"/> but its new end: one item, or the results of the latest calls with a message
    /// after them. Null if none does.
    /// </summary>
    /// <param name="context">The context.</param>
    /// <param name="setting">The route, and what the upstream is told beside the items: <see cref="SettingOf"/>.</param>
    public UpstreamThread? ThreadFor(ImmutableArray<Item> context, string setting)
    {
        var fresh = context.Length - state.Items.Count;
        var isContinued = fresh == 1 || (fresh > 1 && fresh == NewItems.CountOf(context.AsSpan()));
        return state.Thread is not null && state.ThreadRoute == setting && isContinued && StartsWithStored(context) ? state.Thread : null;
    }

    /// <summary>A turn's route, and a digest of its instructions, tools and format if it has any: an upstream conversation was told them when it began.</summary>
    public static string SettingOf(TurnRequest turn)
    {
        if (turn.Instructions is null && turn.Tools.IsEmpty && turn.Format is null)
        {
            return turn.Route;
        }

        using var hash = new ContextHash("", "");
        hash.AddSetting(turn);
        return $"{turn.Route}\n{hash.Current():x}";
    }

    /// <summary>Records that a turn was accepted.</summary>
    public void Accept(PendingTurn turn) => state.Pending = turn;

    /// <summary>Records a completed turn: context and reply become the stored messages, the usage is due to be booked.</summary>
    /// <param name="context">The turn's context.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="reply">The reply's items.</param>
    /// <param name="setting">See <see cref="SettingOf"/>.</param>
    /// <param name="thread">The upstream conversation that now holds context and reply; null if none does.</param>
    /// <param name="usage">What it used.</param>
    /// <param name="maxBytes">Most bytes to keep; the oldest messages go first, leading system messages never.</param>
    public void Complete(
        ImmutableArray<Item> context,
        CompletedTurn turn,
        ImmutableArray<Item> reply,
        string setting,
        UpstreamThread? thread,
        UsageEvent usage,
        long maxBytes
    )
    {
        state.Items = [.. context, .. reply];
        state.Pending = null;
        state.Last = turn;
        state.LastItems = reply.Length;
        var dropped = DropOldest(maxBytes);
        state.Thread = dropped ? null : thread;
        state.ThreadRoute = state.Thread is null ? null : setting;
        state.Outbox.Add(usage with { IsFromOutbox = true });
    }

    /// <summary>Records a turn that failed or was cancelled: the context stays, the upstream conversation is no longer known to match it.</summary>
    public void Abort(UsageEvent usage)
    {
        // The record may hold the same turn's completion, which could not be written.
        state.Outbox.RemoveAll(due => due.ResponseId == usage.ResponseId);
        state.Pending = null;
        state.Thread = null;
        state.ThreadRoute = null;
        state.Outbox.Add(usage with { IsFromOutbox = true });
    }

    /// <summary>
    /// Ends a turn that a crash cut off and returns whether there was one. What it used is not known: its prompt is booked, flagged
    /// as an estimate.
    /// </summary>
    public bool EndInterrupted(DateTimeOffset now)
    {
        if (state.Pending is not { } pending)
        {
            return false;
        }

        Abort(
            new UsageEvent(
                pending.ResponseId,
                pending.ClientKeyId,
                pending.Model,
                Account: null,
                pending.StartedAt,
                new TokenUsage(pending.PromptTokens, 0, 0),
                TurnErrorKind.Interrupted,
                Estimated: true,
                TimeToFirstToken: null,
                now - pending.StartedAt
            )
        );
        return true;
    }

    /// <summary>How many items at the end of a context are new: not stored yet. Leading system messages are not at the end.</summary>
    public int IncomingOf(ImmutableArray<Item> context, ImmutableArray<Item> incoming) =>
        StartsWithStored(incoming) ? context.Length - state.Items.Count
        : NewAfterDropped(incoming) is { } fresh ? incoming.Length - fresh
        : incoming.Length - LeadingSystem(incoming.AsSpan());

    /// <summary>
    /// Where the new items of a client begin that sends its whole history again, of which the oldest items are stored no more; null for another client. What is stored is the
    /// end of that history, so it stands behind as many items as were dropped.
    /// </summary>
    private int? NewAfterDropped(ImmutableArray<Item> incoming)
    {
        var stored = LeadingSystem(state.Items.ToArray());
        var first = LeadingSystem(incoming.AsSpan()) + state.DroppedItems;
        var kept = state.Items.Count - stored;
        if (state.DroppedItems == 0 || kept == 0 || first + kept >= incoming.Length)
        {
            return null;
        }

        for (var i = 0; i < kept; i++)
        {
            if (!ItemSize.IsSame(incoming[(int)(first + i)], state.Items[stored + i]))
            {
                return null;
            }
        }

        return (int)(first + kept);
    }

    private bool StartsWithStored(ImmutableArray<Item> context)
    {
        if (context.Length <= state.Items.Count)
        {
            return false;
        }

        for (var i = 0; i < state.Items.Count; i++)
        {
            if (!ItemSize.IsSame(context[i], state.Items[i]))
            {
                return false;
            }
        }

        return true;
    }

    private bool DropOldest(long maxBytes)
    {
        var bytes = state.Items.Sum(ItemSize.Of);
        var first = LeadingSystem(state.Items.ToArray());
        var drop = 0;
        // The newest exchange stays, also where it is too large alone: the client has just got it.
        var newest = state.Items.FindLastIndex(static item => item is MessageItem { Role: MessageRole.User });
        while (bytes > maxBytes && first + drop < newest)
        {
            do
            {
                bytes -= ItemSize.Of(state.Items[first + drop++]);
            } while (first + drop < newest && state.Items[first + drop] is not MessageItem { Role: MessageRole.User });
        }

        state.Items.RemoveRange(first, drop);
        state.Dropped += drop;
        state.DroppedItems += drop;
        return drop > 0;
    }

    internal static int LeadingSystem(ReadOnlySpan<Item> items)
    {
        var count = 0;
        while (count < items.Length && items[count] is MessageItem { Role: MessageRole.System or MessageRole.Developer })
        {
            count++;
        }

        return count;
    }
}
