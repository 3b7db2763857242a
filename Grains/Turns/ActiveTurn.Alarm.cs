namespace FlowGpt.Grains.Turns;

/// <summary>Ends the waits of a turn's readers. All waits share a timer: a wait that ends later than the timer fires sets nothing, and is woken too early.</summary>
internal sealed partial class ActiveTurn
{
    private const long Never = long.MaxValue;

    private ITimer? _alarm;
    private long _ringsAt = Never;
    private volatile bool _isDisposed;

    /// <summary>Wakes all readers once so much time has elapsed, or sooner; false when the turn is disposed, so that nothing would.</summary>
    private bool RingIn(TimeSpan wait)
    {
        var due = _time.GetTimestamp() + (long)(wait.TotalSeconds * _time.TimestampFrequency);
        for (var ringsAt = Volatile.Read(ref _ringsAt); due < ringsAt; )
        {
            var before = Interlocked.CompareExchange(ref _ringsAt, due, ringsAt);
            if (before == ringsAt)
            {
                Alarm().Change(wait, Timeout.InfiniteTimeSpan);
                break;
            }

            ringsAt = before;
        }

        // The exchange or the read before it comes first: a turn that is disposed meanwhile has woken its readers, or is seen here.
        return !_isDisposed;
    }

    private ITimer Alarm()
    {
        if (Volatile.Read(ref _alarm) is { } known)
        {
            return known;
        }

        var made = _time.CreateTimer(static turn => ((ActiveTurn)turn!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (Interlocked.CompareExchange(ref _alarm, made, null) is { } other)
        {
            made.Dispose();
            return other;
        }

        return made;
    }

    private void Ring()
    {
        Volatile.Write(ref _ringsAt, Never);
        Wake();
    }

    private void DisposeAlarm()
    {
        _isDisposed = true;
        Volatile.Read(ref _alarm)?.Dispose();
        Wake();
    }
}
