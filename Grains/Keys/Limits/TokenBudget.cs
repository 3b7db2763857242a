namespace FlowGpt.Grains.Keys.Limits;

/// <summary>Tokens of one day or one calendar month, UTC. A request counts in the period in which it was admitted.</summary>
internal sealed class TokenBudget(bool monthly)
{
    private long _used;

    /// <summary>When the present period began.</summary>
    public DateTimeOffset Start { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>When the next one begins.</summary>
    public DateTimeOffset End => monthly ? Start.AddMonths(1) : Start.AddDays(1);

    /// <summary>What is used of the period that contains <paramref name="now"/>.</summary>
    public long Used(DateTimeOffset now)
    {
        Turn(now);
        return _used;
    }

    /// <summary>Counts tokens now.</summary>
    public void Add(long tokens, DateTimeOffset now)
    {
        Turn(now);
        _used += tokens;
    }

    /// <summary>Corrects what was counted at <paramref name="at"/>; that of an earlier period changes nothing any more.</summary>
    public void Adjust(DateTimeOffset at, long delta, DateTimeOffset now)
    {
        Turn(now);
        if (Contains(at))
        {
            _used = Math.Max(0, _used + delta);
        }
    }

    /// <summary>Whether an instant lies in the present period.</summary>
    public bool Contains(DateTimeOffset at) => at >= Start && at < End;

    private void Turn(DateTimeOffset now)
    {
        var utc = now.UtcDateTime;
        var start = new DateTimeOffset(utc.Year, utc.Month, monthly ? 1 : utc.Day, 0, 0, 0, TimeSpan.Zero);
        if (start > Start)
        {
            Start = start;
            _used = 0;
        }
    }
}
