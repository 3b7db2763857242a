using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Keys;

/// <summary>Reserves on the limits of keys for this silo's turns and reports to the keys how the turns ended. Thread-safe.</summary>
internal interface IKeyReservations
{
    /// <summary>Asks a turn's key whether it may run. Never throws: a key that cannot be asked refuses.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="promptTokens">The tokens of what it sends.</param>
    /// <param name="maxWait">How long it may wait for tokens that others hold; it then has a place in its key's queue, and <see cref="AwaitAsync"/> waits there.</param>
    ValueTask<HeldKeyUse> ReserveAsync(TurnRequest turn, int promptTokens, TimeSpan maxWait = default);

    /// <summary>Waits until a turn that has a place in its key's queue is let in; at once for every other turn.</summary>
    /// <param name="use">What the key said about the turn.</param>
    /// <param name="maxWait">The longest wait.</param>
    /// <param name="stopping">Gives the place back.</param>
    /// <returns>Why the turn may not run; null when it may.</returns>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    ValueTask<TurnError?> AwaitAsync(HeldKeyUse use, TimeSpan maxWait, CancellationToken stopping);

    /// <summary>
    /// Reports how an admitted turn ended; only the first report counts. Returns when the key knows, so that the client's next request finds what this one
    /// gave back, or after a moment, and then continues in the background. Never throws.
    /// </summary>
    /// <param name="use">What was reserved for it.</param>
    /// <param name="tokens">Tokens of the prompt and of all that was received from the upstream; null when it never ran.</param>
    ValueTask SettleAsync(HeldKeyUse use, long? tokens);
}
