using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams;

/// <summary>One call to an upstream.</summary>
/// <param name="Target">The model to ask.</param>
/// <param name="Turn">The turn: its tools, format and extensions.</param>
/// <param name="Context">The whole context, the new items last; the turn's instructions are not in it.</param>
/// <param name="Sampling">How the reply is to be made: as the caller wants it, within what the limits leave.</param>
/// <param name="Credential">The account to act as.</param>
/// <param name="ConversationId">
/// An upstream conversation of this account that already holds everything but the new items at the end, see <see cref="NewItems"/>; then only those are sent.
/// </param>
/// <param name="Account">The name of <paramref name="Credential"/>'s account.</param>
/// <param name="Further">Makes further calls for the same turn; null where none can be made.</param>
public sealed record UpstreamCall(
    Target Target,
    TurnRequest Turn,
    ImmutableArray<Item> Context,
    SamplingOptions Sampling,
    UpstreamCredential Credential,
    string? ConversationId = null,
    IFurtherCalls? Further = null,
    string Account = ""
);

/// <summary>Makes further calls of a turn: each with its own lease, counted and settled like any other.</summary>
public interface IFurtherCalls
{
    /// <summary>The text of the whole reply; null when no account can make the call now, or when the call fails.</summary>
    /// <param name="upstream">What to call.</param>
    /// <param name="call">The call; its account is chosen again among those of its target's pool.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<string?> AskAsync(IUpstream upstream, UpstreamCall call, CancellationToken cancellationToken);
}

/// <summary>Which items of a context are new to an upstream conversation that holds the rest. Pure.</summary>
public static class NewItems
{
    /// <summary>
    /// How many items at the end are new: the results of the latest calls and a message after them, or else the last item; 0 when the context ends in another way
    /// than an answer to the assistant.
    /// </summary>
    public static int CountOf(ReadOnlySpan<Item> context)
    {
        var first = context.Length - 1;
        if (first > 0 && context[first] is MessageItem { Role: MessageRole.User } && context[first - 1] is ToolResultItem)
        {
            first--;
        }

        while (first > 0 && context[first] is ToolResultItem && context[first - 1] is ToolResultItem)
        {
            first--;
        }

        return first > 0 && context[first - 1] is MessageItem { Role: MessageRole.Assistant } or ToolCallItem ? context.Length - first : 0;
    }
}
