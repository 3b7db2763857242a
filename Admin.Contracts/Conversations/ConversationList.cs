namespace FlowGpt.Admin.Contracts.Conversations;

/// <summary>How many conversations the clients have stored, and their sizes. Never any text.</summary>
/// <param name="At">When they were counted, at most half a minute ago.</param>
/// <param name="IsPartial">Whether there are more records than are counted at most.</param>
/// <param name="Total">How many clients match in all; a page has fewer.</param>
/// <param name="Conversations">The conversations of all that match.</param>
/// <param name="Bytes">The bytes of all that match.</param>
/// <param name="Clients">A page of clients, the largest first.</param>
public sealed record ConversationList(
    DateTimeOffset At,
    bool IsPartial,
    int Total,
    long Conversations,
    long Bytes,
    IReadOnlyList<ConversationsOfKey> Clients
);

/// <summary>The stored conversations of a client.</summary>
/// <param name="KeyId">The id of the client key.</param>
/// <param name="Name">The key's name; null when there is no such key any more, or when the key is a configured one.</param>
/// <param name="Owner">The key's owner; null likewise, or when it has none.</param>
/// <param name="Conversations">How many there are.</param>
/// <param name="Responses">How many responses are kept, in these conversations.</param>
/// <param name="Records">How many records of the storage hold them.</param>
/// <param name="Bytes">What the records hold, as stored.</param>
/// <param name="LastWrite">When a record was last written; null where the storage does not record it.</param>
public sealed record ConversationsOfKey(
    string KeyId,
    string? Name,
    string? Owner,
    long Conversations,
    long Responses,
    long Records,
    long Bytes,
    DateTimeOffset? LastWrite
);

/// <summary>Which clients are asked for.</summary>
public sealed record ConversationFilter
{
    /// <summary>The only client key; null for all.</summary>
    public string? KeyId { get; init; }

    /// <summary>How many to skip at the start.</summary>
    public int Skip { get; init; }

    /// <summary>Most clients; 1 to 200.</summary>
    public int Limit { get; init; } = 50;
}
