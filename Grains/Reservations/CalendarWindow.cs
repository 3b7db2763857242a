namespace FlowGpt.Grains.Reservations;

/// <summary>What is used of one day or one calendar month.</summary>
/// <param name="kind">Which.</param>
/// <param name="calendar">Has the days and months.</param>
internal sealed class CalendarWindow(WindowKind kind, WallCalendar calendar) : LimitWindow(kind, Unlimited)
{
    /// <summary>A wall clock that is set back by less than this does not bring the period before back.</summary>
    private static readonly TimeSpan Adjustment = TimeSpan.FromMinutes(1);

    private long _used;
    private DateTimeOffset _start = DateTimeOffset.MinValue;
    private DateTimeOffset _end = DateTimeOffset.MinValue;
    private DateTimeOffset _countedFrom = DateTimeOffset.MinValue;
    private DateTimeOffset _latest = DateTimeOffset.MinValue;

    /// <summary>When the next period begins.</summary>
    public DateTimeOffset End => calendar.Now(_end);

    public override long Placed(DateTimeOffset now)
    {
        Turn(now);
        if (calendar.Wall(now) < _start - Adjustment)
        {
            // The clock had been ahead. What was used counts in the true period, so that a clock that is set twice grants nothing twice.
            (_start, _end) = calendar.Period(Kind, calendar.Wall(now));
        }

        return _used;
    }

    public override void Add(DateTimeOffset at, long amount)
    {
        Turn(at);
        Adjust(at, amount);
    }

    public override void Adjust(DateTimeOffset at, long delta)
    {
        if (Contains(at))
        {
            _used = Math.Max(0, _used + delta);
        }
    }

    public override DateTimeOffset? FreeAt(long excess) => excess <= _used ? End : null;

    public override DateTimeOffset? EmptyAt() => _used == 0 ? null : End;

    public override DateTimeOffset? ChangesAt(DateTimeOffset now) => Placed(now) == 0 ? null : End;

    /// <summary>Whether what was used at an instant counts in the present period.</summary>
    public bool Contains(DateTimeOffset at) => at >= _countedFrom && at < End;

    private void Turn(DateTimeOffset now)
    {
        var wall = calendar.Wall(now);
        if (wall >= _end)
        {
            (_start, _end) = calendar.Period(Kind, wall);
            // What was used before the wall clock jumped into this period counts in the period before, also where the clock now places that time elsewhere.
            var from = calendar.Now(_start);
            var used = _latest < now ? _latest + TimeSpan.FromTicks(1) : now;
            _countedFrom = from > used ? from : used;
            _used = 0;
        }

        _latest = now > _latest ? now : _latest;
    }
}
