using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Interfaces.Conversations;

/// <summary>
/// One stored conversation: its items, the turn that runs, and its upstream affinity. Key: <see cref="ConversationKey.Stored"/>.
/// </summary>
[Alias("flowgpt.IConversationGrain")]
public interface IConversationGrain : ITurnGrain
{
    /// <summary>
    /// Ends a turn that a crash cut off and begins to book what is not booked, without waiting for it. True if nothing was left to do, so that nobody needs
    /// to ask again before the next turn. Idempotent.
    /// </summary>
    [Alias("finish-pending")]
    ValueTask<bool> FinishPending();
}
