namespace FlowGpt.Grains.Turns;

/// <summary>How long a turn may take: a limit on silence, and, where set, a limit on the whole time.</summary>
internal sealed partial class ActiveTurn
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    /// <summary>How long the turn may still run if nothing more happens: by its limit on silence, and by its own limit on the whole time.</summary>
    public TimeSpan Remaining
    {
        get
        {
            // While the turn waits for its readers, nothing is asked of the upstream.
            var silent = _isHeld ? Request.Timeout : Request.Timeout - _time.GetElapsedTime(Volatile.Read(ref _lastEvent));
            return WholeTimeLeft is { } left && left < silent ? left : silent;
        }
    }

    /// <summary>Whether the limit on the whole time, rather than the limit on silence, has passed.</summary>
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
