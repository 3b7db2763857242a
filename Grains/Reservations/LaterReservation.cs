namespace FlowGpt.Grains.Reservations;

/// <summary>What a further call of a turn has of the turn's reservation: what earlier calls have not used. Thread-safe.</summary>
/// <param name="whole">The turn's reservation.</param>
/// <param name="usedBefore">Tokens that earlier calls of the turn have used.</param>
public sealed class LaterReservation(IGrowingReservation whole, long usedBefore) : IGrowingReservation
{
    /// <inheritdoc/>
    public bool LimitsTokens => whole.LimitsTokens;

    /// <inheritdoc/>
    public long Tokens => whole.Tokens - usedBefore;

    /// <inheritdoc/>
    public async ValueTask<long> TryTopUpAsync(long used, long upTo) =>
        await whole.TryTopUpAsync(used + usedBefore, upTo + usedBefore).ConfigureAwait(false) - usedBefore;
}
