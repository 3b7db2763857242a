namespace FlowGpt.Simulator.Accounts;

/// <summary>Counts within the UTC minute, hour or day that the clock is in.</summary>
/// <param name="limit">What may be used in one window.</param>
/// <param name="length">The window's length.</param>
internal sealed class FixedWindow(long limit, TimeSpan length) : UsageWindow(limit, length)
{
    private long _index;
    private long _used;

    public override long Used(DateTimeOffset now) => IndexOf(now) == _index ? _used : 0;

    public override void Add(DateTimeOffset at, DateTimeOffset now, long amount)
    {
        var index = IndexOf(now);
        if (index != _index)
        {
            _index = index;
            _used = 0;
        }

        if (IndexOf(at) == index)
        {
            _used += amount;
        }
    }

    public override TimeSpan UntilFree(DateTimeOffset now, long amount) =>
        Used(now) + amount <= Limit ? TimeSpan.Zero : TimeSpan.FromTicks(((IndexOf(now) + 1) * Length.Ticks) - now.UtcTicks);

    private long IndexOf(DateTimeOffset instant) => instant.UtcTicks / Length.Ticks;
}
