namespace FlowGpt.Grains.Pools.Health;

/// <summary>
/// One account's cool-downs of one kind: each wave of failures waits twice as long as the wave before, up to a maximum; a success starts
/// it again. A cool-down is never shortened.
/// </summary>
/// <param name="first">The first cool-down.</param>
/// <param name="most">The longest that the ladder itself gives.</param>
internal sealed class CoolDownLadder(TimeSpan first, TimeSpan most)
{
    private static readonly TimeSpan LongestAsked = TimeSpan.FromDays(7);

    private int _stepBefore;
    private DateTimeOffset _untilBefore;

    /// <summary>How many waves have failed in a row.</summary>
    public int Step { get; private set; }

    /// <summary>The end of the cool-down; in the past when none runs.</summary>
    public DateTimeOffset Until { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>When the present wave began.</summary>
    public DateTimeOffset WaveStart { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>
    /// A call failed. Calls that were granted before the present wave began belong to it, however many and however late: they take no
    /// further step, but may lengthen the cool-down by what the upstream asked for.
    /// </summary>
    /// <param name="granted">When the call's lease was granted.</param>
    /// <param name="now">When it failed.</param>
    /// <param name="asked">What the upstream asked to wait, if it did; used instead of the ladder.</param>
    /// <param name="least">A minimum for this failure.</param>
    public void Fail(DateTimeOffset granted, DateTimeOffset now, TimeSpan? asked, TimeSpan least = default)
    {
        var delay = asked > TimeSpan.Zero ? Min(asked.Value, LongestAsked) : (TimeSpan?)null;
        if (granted > WaveStart)
        {
            (_stepBefore, _untilBefore) = (Step, Until);
            WaveStart = now;
            delay ??= Delay(Step++);
        }

        if (delay is { } wait)
        {
            Lengthen(now + (wait > least ? wait : least));
        }
    }

    /// <summary>A call that was granted after the present wave succeeded: the next wave starts at the first step.</summary>
    public void Succeed(DateTimeOffset granted)
    {
        if (granted > WaveStart)
        {
            Step = 0;
        }
    }

    /// <summary>Takes the present wave back if it began at <paramref name="since"/> or later: it was not the account's fault.</summary>
    public void Uncharge(DateTimeOffset since)
    {
        if (WaveStart >= since)
        {
            (Step, Until) = (_stepBefore, _untilBefore);
        }
    }

    /// <summary>An operator's reset.</summary>
    public void Reset() => (Step, Until) = (0, DateTimeOffset.MinValue);

    /// <summary>Takes over what was stored; no cool-down is longer than an upstream may ask for.</summary>
    public void Restore(int step, DateTimeOffset until, DateTimeOffset now)
    {
        Step = Math.Max(Step, step);
        Lengthen(until > now + LongestAsked ? now + LongestAsked : until);
    }

    private void Lengthen(DateTimeOffset until) => Until = until > Until ? until : Until;

    private TimeSpan Delay(int step) => step < 40 ? Min(first * Math.Pow(2, step), most) : most;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
