namespace FlowGpt.Simulator.Accounts;

/// <summary>How much of a limit is used, by the clock the caller passes in. Not safe to use from many threads.</summary>
/// <param name="limit">What may be used in one window.</param>
/// <param name="length">The window's length.</param>
internal abstract class UsageWindow(long limit, TimeSpan length)
{
    public long Limit { get; } = limit;

    public TimeSpan Length { get; } = length;

    /// <summary>What the window that contains <paramref name="now"/> has used so far.</summary>
    public abstract long Used(DateTimeOffset now);

    /// <summary>Adds use at an instant; instants may come slightly out of order.</summary>
    public abstract void Add(DateTimeOffset at, DateTimeOffset now, long amount);

    /// <summary>Time from <paramref name="now"/> until <paramref name="amount"/> more fits, if nothing else is added.</summary>
    public abstract TimeSpan UntilFree(DateTimeOffset now, long amount);
}
