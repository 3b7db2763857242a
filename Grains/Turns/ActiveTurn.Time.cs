namespace FlowGpt.Grains.Turns;

/// <summary>How long a turn may take: a limit on silence, and one on the whole time where there is one.</summary>
internal sealed partial class ActiveTurn
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    /// <summary>How long the turn may still go on if nothing more happens: its limit is on silence, and one of its own on the whole time.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var silent = Request.Timeout - _time.GetElapsedTime(Volatile.Read(ref _lastEvent));
            return WholeTimeLeft is { } left && left < silent ? left : silent;
        }
    }

    /// <summary>Whether the limit on the whole time, rather than the one on silence, has passed.</summary>
    public bool IsBeyondWholeTime => WholeTimeLeft <= TimeSpan.Zero;

    private TimeSpan? WholeTimeLeft => Request.MaxTime == TimeSpan.Zero ? null : Request.MaxTime - _time.GetElapsedTime(Accepted);

    private void StopIfOverdue()
    {
        try
        {
            if (Remaining is var left && left > TimeSpan.Zero)
            {
                _deadline.Change(left > Soon ? left : Soon, Timeout.InfiniteTimeSpan);
            }
            else
            {
                _stop.Cancel();
            }
        }
        catch (ObjectDisposedException)
        {
            // It ended meanwhile.
        }
    }
}
