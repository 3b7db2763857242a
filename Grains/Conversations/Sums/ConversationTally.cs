using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.Grains.Conversations.Sums;

/// <summary>Adds up sums by client. Pure. Not thread-safe.</summary>
internal sealed class ConversationTally
{
    private readonly Dictionary<string, ClientConversations> _clients = new(StringComparer.Ordinal);

    /// <summary>Takes a sum of some records.</summary>
    public void Add(ClientConversations some) =>
        _clients[some.KeyId] = _clients.GetValueOrDefault(some.KeyId) is { } known
            ? new(
                known.KeyId,
                known.Conversations + some.Conversations,
                known.Responses + some.Responses,
                known.Records + some.Records,
                known.Bytes + some.Bytes,
                Later(known.LastWrite, some.LastWrite)
            )
            : some;

    /// <summary>The sums so far, the largest first.</summary>
    public ImmutableArray<ClientConversations> Sums() =>
        [.. _clients.Values.OrderByDescending(static client => client.Bytes).ThenBy(static client => client.KeyId, StringComparer.Ordinal)];

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;
}
