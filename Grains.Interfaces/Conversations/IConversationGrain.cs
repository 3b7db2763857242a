namespace FlowGpt.Grains.Interfaces.Conversations;

/// <summary>
/// One conversation: its context, the reply being generated with its log, and its upstream affinity.
/// A plain chat completion is a conversation with one turn that is not stored. Key: <see cref="ConversationKey"/>.
/// </summary>
[Alias("flowgpt.IConversationGrain")]
public interface IConversationGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts a turn and returns at once; its text is then read with <see cref="Read"/>. Idempotent by
    /// <see cref="StartTurn.Fingerprint"/> and <see cref="StartTurn.ResponseId"/>: the same turn joins the running or finished response.
    /// Stored turns are durable when this returns. A silo that is about to stop throws <see cref="GatewayTooBusyException"/> to a new turn while
    /// there are others: nothing was begun, and the next call reaches another silo. No answer in 5 s is a <see cref="TimeoutException"/>: the
    /// silo may have died, and nobody tells a client that waits for it.
    /// </summary>
    [Alias("start"), ResponseTimeout("00:00:05")]
    ValueTask<StartResult> Start(StartTurn turn);

    /// <summary>
    /// Reads the response's log from <paramref name="fromSequence"/>, waiting at most <paramref name="maxWait"/> (no more than 2 s)
    /// for something new. A pure read: idempotent, interleaves, any number of readers, resumable from any sequence.
    /// An empty slice that is not terminal means "ask again". An unknown response gives <see cref="ResponseStatus.Unknown"/>. No answer in 3 s is
    /// a <see cref="TimeoutException"/>, as for <see cref="Start"/>.
    /// </summary>
    [Alias("read"), Orleans.Concurrency.AlwaysInterleave, ResponseTimeout("00:00:03")]
    ValueTask<ResponseSlice> Read(string responseId, int fromSequence, TimeSpan maxWait, CancellationToken cancellationToken);

    /// <summary>Stops the response's upstream call. Idempotent; interleaves; does nothing to a finished response.</summary>
    [Alias("cancel"), Orleans.Concurrency.AlwaysInterleave, ResponseTimeout("00:00:03")]
    ValueTask Cancel(string responseId);

    /// <summary>
    /// Ends a turn that a crash cut off and begins to book what is not booked, without waiting for it. True if nothing was left to do, so that nobody needs
    /// to ask again before the next turn. Idempotent. Always true of a conversation that is not stored.
    /// </summary>
    [Alias("finish-pending")]
    ValueTask<bool> FinishPending();
}
