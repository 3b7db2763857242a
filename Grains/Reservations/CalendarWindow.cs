namespace FlowGpt.Grains.Reservations;

/// <summary>What is used of one day or one calendar month, UTC.</summary>
/// <param name="kind">Which.</param>
internal sealed class CalendarWindow(WindowKind kind) : LimitWindow(kind, Unlimited)
{
    private long _used;

    /// <summary>When the present period began.</summary>
    public DateTimeOffset Start { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>When the next one begins.</summary>
    public DateTimeOffset End => Kind == WindowKind.TokensOfMonth ? Start.AddMonths(1) : Start.AddDays(1);

    public override long Placed(DateTimeOffset now)
    {
        Turn(now);
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

    /// <summary>Whether an instant lies in the present period.</summary>
    public bool Contains(DateTimeOffset at) => at >= Start && at < End;

    private void Turn(DateTimeOffset now)
    {
        var utc = now.UtcDateTime;
        var start = new DateTimeOffset(utc.Year, utc.Month, Kind == WindowKind.TokensOfMonth ? 1 : utc.Day, 0, 0, 0, TimeSpan.Zero);
        if (start > Start)
        {
            Start = start;
            _used = 0;
        }
    }
}
