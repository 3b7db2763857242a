namespace FlowGpt.Grains.Isolation;

/// <summary>
/// Time that has passed: from one reading to the next the larger of what the monotonic clock and the wall clock say, since monotonic clocks miss the time in
/// which a machine is suspended. A wall clock that is set back takes nothing away. Not thread-safe.
/// </summary>
internal sealed class ElapsedTime(TimeProvider time)
{
    private long _stamp = time.GetTimestamp();
    private DateTimeOffset _wall = time.GetUtcNow();
    private TimeSpan _elapsed;

    /// <summary>Since this was made.</summary>
    public TimeSpan Read()
    {
        var (stamp, wall) = (time.GetTimestamp(), time.GetUtcNow());
        var (monotonic, onTheWall) = (time.GetElapsedTime(_stamp, stamp), wall - _wall);
        (_stamp, _wall) = (stamp, wall);
        _elapsed += onTheWall > monotonic ? onTheWall : monotonic;
        return _elapsed;
    }
}
