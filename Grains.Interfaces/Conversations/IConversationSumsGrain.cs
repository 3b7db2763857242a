using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Conversations;

/// <summary>Counts the stored conversations of all clients. Key: <see cref="Key"/>. Reads records' names and sizes, never their text.</summary>
[Alias("flowgpt.IConversationSumsGrain")]
public interface IConversationSumsGrain : IGrainWithStringKey
{
    /// <summary>The only key.</summary>
    const string Key = "all";

    /// <summary>The sums, at most half a minute old; null where the storage cannot list its records.</summary>
    [Alias("read")]
    ValueTask<ConversationSums?> Read();
}

/// <summary>The stored conversations of all clients.</summary>
/// <param name="At">When they were counted.</param>
/// <param name="IsPartial">Whether there are more records than are counted at most.</param>
/// <param name="Clients">A sum for each client that has any, the largest first.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ConversationSums")]
public sealed record ConversationSums(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] bool IsPartial,
    [property: Id(2)] ImmutableArray<ClientConversations> Clients
);

/// <summary>The stored conversations of a client.</summary>
/// <param name="KeyId">The id of the client key.</param>
/// <param name="Conversations">How many there are.</param>
/// <param name="Responses">How many kept responses there are.</param>
/// <param name="Records">How many records hold them.</param>
/// <param name="Bytes">What the records hold, as stored.</param>
/// <param name="LastWrite">When a record was last written; null where the storage does not know.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ClientConversations")]
public sealed record ClientConversations(
    [property: Id(0)] string KeyId,
    [property: Id(1)] long Conversations,
    [property: Id(2)] long Responses,
    [property: Id(3)] long Records,
    [property: Id(4)] long Bytes,
    [property: Id(5)] DateTimeOffset? LastWrite
);
