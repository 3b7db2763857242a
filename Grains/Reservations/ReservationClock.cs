namespace FlowGpt.Grains.Reservations;

/// <summary>
/// A clock with the time of day that never runs backwards or jumps: it starts from the system's clock once and counts on from
/// there, so that setting the machine's clock does not empty or freeze the windows.
/// </summary>
internal sealed class ReservationClock(TimeProvider time)
{
    /// <summary>A smaller difference is a clock that is being adjusted, not a clock that was set.</summary>
    private static readonly TimeSpan Noise = TimeSpan.FromSeconds(2);

    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly long _startStamp = time.GetTimestamp();

    public DateTimeOffset Now => _start + time.GetElapsedTime(_startStamp);

    /// <summary>How far the system's clock is ahead: it was set, or the machine was suspended. Zero below 2 s.</summary>
    public TimeSpan WallAhead => time.GetUtcNow() - Now is var ahead && ahead.Duration() < Noise ? TimeSpan.Zero : ahead;
}
