using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Keys;

/// <summary>Reserves on the limits of keys for this silo's turns and reports to the keys how the turns ended. Thread-safe.</summary>
internal interface IKeyReservations
{
    /// <summary>Asks a turn's key whether it may run. Never throws: a key that cannot be asked refuses.</summary>
    ValueTask<HeldKeyUse> ReserveAsync(TurnRequest turn, int promptTokens);

    /// <summary>
    /// Reports how an admitted turn ended; only the first report counts. Returns when the key knows, so that the client's next request finds what this one
    /// gave back, or after a moment, and then continues in the background. Never throws.
    /// </summary>
    /// <param name="use">What was reserved for it.</param>
    /// <param name="tokens">Tokens of the prompt and of all that was received from the upstream; null when it never ran.</param>
    ValueTask SettleAsync(HeldKeyUse use, long? tokens);
}
