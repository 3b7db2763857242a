namespace FlowGpt.Simulator.Accounts;

/// <summary>
/// Counts what was used in the last <see cref="UsageWindow.Length"/>: exactly, from a log of every use, as long as the log is short.
/// Beyond <see cref="ExactEntries"/> entries, uses within a thousandth of the window share the earliest one's instant, so memory is
/// bounded and the count can only be too low: it never reports a violation that did not happen.
/// </summary>
/// <param name="limit">What may be used in one window.</param>
/// <param name="length">The window's length.</param>
internal sealed class SlidingWindow(long limit, TimeSpan length) : UsageWindow(limit, length)
{
    public const int ExactEntries = 65_536;

    private readonly LinkedList<(DateTimeOffset At, long Amount)> _log = [];
    private long _used;

    public int Entries => _log.Count;

    public override long Used(DateTimeOffset now)
    {
        while (_log.First is { } oldest && oldest.Value.At + Length <= now)
        {
            _used -= oldest.Value.Amount;
            _log.RemoveFirst();
        }

        return _used;
    }

    public override void Add(DateTimeOffset at, DateTimeOffset now, long amount)
    {
        if (amount == 0 || at + Length <= now)
        {
            return;
        }

        _used += amount;
        var before = _log.Last;
        while (before is not null && before.Value.At > at)
        {
            before = before.Previous;
        }

        if (before is null)
        {
            _log.AddFirst((at, amount));
        }
        else if (before.Value.At == at || (_log.Count >= ExactEntries && at - before.Value.At < Length / 1000))
        {
            before.Value = (before.Value.At, before.Value.Amount + amount);
        }
        else
        {
            _log.AddAfter(before, (at, amount));
        }
    }

    public override TimeSpan UntilFree(DateTimeOffset now, long amount)
    {
        var excess = Used(now) + amount - Limit;
        for (var entry = _log.First; entry is not null && excess > 0; entry = entry.Next)
        {
            excess -= entry.Value.Amount;
            if (excess <= 0)
            {
                return entry.Value.At + Length - now;
            }
        }

        return excess > 0 ? Length : TimeSpan.Zero;
    }
}
