namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>
/// The turns that run in this process, for a frontend in the same process: such a turn is read without a grain call. A frontend that finds no such turn reads through
/// <see cref="ITurnGrain.Read"/>, which gives the same slices. Thread-safe.
/// </summary>
public interface ILocalTurns
{
    /// <summary>A turn that was started and that this process runs; null when there is none of this id here.</summary>
    ILocalTurn? Find(string responseId);
}

/// <summary>A turn of this process. Thread-safe.</summary>
public interface ILocalTurn
{
    /// <summary>As <see cref="ITurnGrain.Read"/>.</summary>
    ValueTask<ResponseSlice> Read(int fromSequence, TimeSpan maxWait, CancellationToken cancellationToken);
}
