using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.Grains.Turns;

/// <summary>
/// Where a turn's start and end are made durable: nowhere, or in a conversation's record. Called on the scheduler of the grain that has the turn.
/// </summary>
internal interface ITurnJournal
{
    /// <summary>The upstream conversation that holds everything of the turn's context but its last item; null if none is known. Only a hint; never throws.</summary>
    ValueTask<UpstreamThread?> FindThreadAsync(ActiveTurn turn);

    /// <summary>
    /// Whether the turn's reply may grow further; asked after each read of it, which goes on once this is answered. A reply that may not grow ends there, as a reply that
    /// reached its maximum length. Never throws.
    /// </summary>
    ValueTask<bool> MayGrowAsync(ActiveTurn turn) => new(true);

    /// <summary>
    /// Makes the turn's end durable before a reader hears of the end, and has its usage booked once. What cannot be stored comes back as a failure. A result
    /// that throws is told to readers as a failure of this side.
    /// </summary>
    /// <returns>The result as readers may hear it.</returns>
    ValueTask<TurnResult> EndAsync(ActiveTurn turn, TurnResult result, UsageEvent usage);
}
