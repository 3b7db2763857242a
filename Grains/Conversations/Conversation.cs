using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Chat;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// The rules of a stored conversation over its record: what a turn's context is, and what each end of a turn leaves behind.
/// A turn that fails or is cancelled leaves the context as it was, so that the client can send it again.
/// </summary>
/// <param name="state">The record; changed in place, written by the caller.</param>
public sealed class Conversation(ConversationState state)
{
    /// <summary>
    /// The context of a turn with these incoming messages: what is stored and then the incoming ones. A client that sends its whole
    /// history again is recognised by its stored prefix; leading system messages replace the stored leading ones.
    /// </summary>
    public ImmutableArray<ChatMessage> ContextFor(ImmutableArray<ChatMessage> incoming)
    {
        if (StartsWithStored(incoming))
        {
            return incoming;
        }

        var leading = LeadingSystem(incoming.AsSpan());
        var stored = state.Messages.Skip(leading > 0 ? LeadingSystem(state.Messages.ToArray()) : 0);
        return [.. incoming.Take(leading), .. stored, .. incoming.Skip(leading)];
    }

    /// <summary>The upstream conversation that holds everything of <paramref name="context"/> but its last message; null if none does.</summary>
    public UpstreamThread? ThreadFor(ImmutableArray<ChatMessage> context, string model) =>
        state.Thread is not null && state.ThreadModel == model && context.Length == state.Messages.Count + 1 && StartsWithStored(context)
            ? state.Thread
            : null;

    /// <summary>Records that a turn was accepted.</summary>
    public void Accept(PendingTurn turn) => state.Pending = turn;

    /// <summary>Records a completed turn: context and reply become the stored messages, the usage is due to be booked.</summary>
    /// <param name="context">The turn's context.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="reply">Its text.</param>
    /// <param name="model">The model alias.</param>
    /// <param name="thread">The upstream conversation that now holds context and reply; null if none does.</param>
    /// <param name="usage">What it used.</param>
    /// <param name="maxCharacters">Most characters to keep; the oldest messages go first, leading system messages never.</param>
    public void Complete(
        ImmutableArray<ChatMessage> context,
        CompletedTurn turn,
        string reply,
        string model,
        UpstreamThread? thread,
        UsageEvent usage,
        int maxCharacters
    )
    {
        state.Messages = [.. context, new ChatMessage(ChatRole.Assistant, reply)];
        state.Pending = null;
        state.Last = turn;
        var dropped = DropOldest(maxCharacters);
        state.Thread = dropped ? null : thread;
        state.ThreadModel = state.Thread is null ? null : model;
        state.Outbox.Add(usage with { IsFromOutbox = true });
    }

    /// <summary>Records a turn that failed or was cancelled: the context stays, the upstream conversation is no longer known to match it.</summary>
    public void Abort(UsageEvent usage)
    {
        // The record may hold the same turn's completion, which could not be written.
        state.Outbox.RemoveAll(due => due.ResponseId == usage.ResponseId);
        state.Pending = null;
        state.Thread = null;
        state.ThreadModel = null;
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

    private bool StartsWithStored(ImmutableArray<ChatMessage> context)
    {
        if (context.Length <= state.Messages.Count)
        {
            return false;
        }

        for (var i = 0; i < state.Messages.Count; i++)
        {
            if (!Same(context[i], state.Messages[i]))
            {
                return false;
            }
        }

        return true;
    }

    private bool DropOldest(int maxCharacters)
    {
        var characters = state.Messages.Sum(message => (long)message.Content.Length);
        var first = LeadingSystem(state.Messages.ToArray());
        var drop = 0;
        // The newest exchange stays, whatever its size: it is what the client was just told.
        while (characters > maxCharacters && first + drop < state.Messages.Count - 2)
        {
            characters -= state.Messages[first + drop++].Content.Length;
        }

        state.Messages.RemoveRange(first, drop);
        return drop > 0;
    }

    private static int LeadingSystem(ReadOnlySpan<ChatMessage> messages)
    {
        var count = 0;
        while (count < messages.Length && messages[count].Role == ChatRole.System)
        {
            count++;
        }

        return count;
    }

    // Record equality compares the array of tool calls by reference.
    private static bool Same(ChatMessage a, ChatMessage b) =>
        a.Role == b.Role
        && a.Content == b.Content
        && a.Name == b.Name
        && a.ToolCallId == b.ToolCallId
        && a.ToolCallsOrEmpty.AsSpan().SequenceEqual(b.ToolCallsOrEmpty.AsSpan());
}
