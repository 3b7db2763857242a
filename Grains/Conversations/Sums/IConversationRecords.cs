using FlowGpt.Grains.Interfaces.Conversations;

namespace FlowGpt.Grains.Conversations.Sums;

/// <summary>Lists the records of conversations, as only the storage can. Thread-safe.</summary>
public interface IConversationRecords
{
    /// <summary>The states whose records belong to a conversation; each record's key begins with the conversation's.</summary>
    static IReadOnlyList<string> States { get; } =
    ["conversation", "conversation-page", ResponseStore.HeadState, ResponseStore.ChunkState, ResponseStore.InputState];

    /// <summary>Reports each record once, in any order.</summary>
    /// <param name="most">Most records that are looked at.</param>
    /// <param name="take">Takes a sum of some records; called by one thread at a time.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Whether there are more records than that.</returns>
    Task<bool> ReadAsync(int most, Action<ClientConversations> take, CancellationToken cancellationToken);
}
