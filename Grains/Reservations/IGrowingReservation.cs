namespace FlowGpt.Grains.Reservations;

/// <summary>Tokens that are reserved for one reply while it grows. Thread-safe.</summary>
public interface IGrowingReservation
{
    /// <summary>Whether tokens are limited here at all; if not, the reply may be as long as it likes.</summary>
    bool LimitsTokens { get; }

    /// <summary>Tokens of prompt and reply that are reserved now.</summary>
    long Tokens { get; }

    /// <summary>Asks for more, prompt and reply together up to <paramref name="upTo"/>. Never throws.</summary>
    /// <param name="used">Tokens used so far, prompt and reply.</param>
    /// <param name="upTo">How many should be reserved.</param>
    /// <returns>How many are reserved then; fewer than asked for when a limit is reached, or when the pool or the key does not answer.</returns>
    ValueTask<long> TryTopUpAsync(long used, long upTo);
}
