namespace FlowGpt.Grains.Reservations;

/// <summary>
/// A clock that tells the time of day but never runs backwards or jumps: it starts from the system's clock once and counts on from
/// there, so that setting the machine's clock does not empty or freeze the windows.
/// </summary>
internal sealed class ReservationClock(TimeProvider time)
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly long _startStamp = time.GetTimestamp();

    public DateTimeOffset Now => _start + time.GetElapsedTime(_startStamp);
}
