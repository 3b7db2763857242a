using Orleans.Concurrency;

namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>
/// Runs turns and keeps the logs of their responses. Two kinds of grains do so: <see cref="ITurnHostGrain"/>, which stores nothing, and a stored conversation.
/// </summary>
[Alias("flowgpt.ITurnGrain")]
public interface ITurnGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts a turn and returns at once; its events are then read with <see cref="Read"/>. Idempotent by
    /// <see cref="TurnRequest.Fingerprint"/> and <see cref="TurnRequest.ResponseId"/>: the same turn joins the running or finished response.
    /// Stored turns are durable when this returns. A silo that is about to stop throws <see cref="GatewayTooBusyException"/> to a new turn while
    /// there are others: nothing was begun, and the next call reaches another silo. No answer in 5 s is a <see cref="TimeoutException"/>: the
    /// silo may have died, and a client that waits for the call is not told.
    /// </summary>
    [Alias("start"), ResponseTimeout("00:00:05")]
    ValueTask<StartResult> Start(TurnRequest turn);

    /// <summary>
    /// Reads the response's log from <paramref name="fromSequence"/>, waiting at most <paramref name="maxWait"/> (no more than 2 s)
    /// for something new. A pure read: idempotent, interleaves, any number of readers, resumable from any sequence.
    /// An empty slice that is not terminal means "ask again". An unknown response gives <see cref="ResponseStatus.Unknown"/>. No answer in 3 s is
    /// a <see cref="TimeoutException"/>, as for <see cref="Start"/>.
    /// </summary>
    [Alias("read"), AlwaysInterleave, ResponseTimeout("00:00:03")]
    ValueTask<ResponseSlice> Read(string responseId, int fromSequence, TimeSpan maxWait, CancellationToken cancellationToken);

    /// <summary>Stops the response's upstream call. Idempotent; interleaves; does nothing to a finished response.</summary>
    [Alias("cancel"), AlwaysInterleave, ResponseTimeout("00:00:03")]
    ValueTask Cancel(string responseId);

    /// <summary>
    /// Called when the response's reader has disconnected: the response is cancelled, at once or, where a grace is configured, once it has not been read for the grace. A
    /// response in the background continues. Idempotent; interleaves.
    /// </summary>
    [Alias("leave"), AlwaysInterleave, ResponseTimeout("00:00:03")]
    ValueTask Leave(string responseId);

    /// <summary>
    /// Called from time to time while the response's reader is there and takes nothing: the response is not taken for abandoned, and its end goes on waiting for the reader. Idempotent;
    /// interleaves; does nothing to a response that is not here.
    /// </summary>
    [Alias("keep"), AlwaysInterleave, ResponseTimeout("00:00:03")]
    ValueTask Keep(string responseId);
}

/// <summary>
/// Hosts turns that are not stored, many at once: the turns run independently, and calls for different turns interleave. A frontend keeps some hosts and spreads its
/// turns over them, so that a request costs neither an activation nor an entry in the grain directory. A turn with an idempotency key has a host of its
/// own, which every repetition of the request finds. Keys: <see cref="Conversations.ConversationKey.Host"/> and <see cref="Conversations.ConversationKey.Idempotent"/>.
/// </summary>
/// <remarks>How long an ended turn is kept depends on its <see cref="TurnLifetime"/>.</remarks>
[Alias("flowgpt.ITurnHostGrain")]
public interface ITurnHostGrain : ITurnGrain;
