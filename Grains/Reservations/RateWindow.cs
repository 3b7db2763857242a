namespace FlowGpt.Grains.Reservations;

/// <summary>
/// One limit of an account over a sliding window, as a log of uses in order of time.
/// </summary>
/// <remarks>
/// The upstream counts a request when it arrives; here it is entered at an instant that is <em>not earlier</em> (see
/// <c>PoolAccount</c>), and before that instant is known it is held as pending by the account. A caller that grants only while
/// <c>pending + Placed(now) + need ≤ Limit</c> therefore never has more than the limit arrive in any interval of the window's length:
/// take the arrivals within one such interval and the one of them that was granted last; at its grant each of the others was pending
/// or still in this log. What holds for every interval holds for fixed windows, too.
/// <para>
/// Small limits are logged exactly. Larger ones, and tokens, are logged in sub-windows of 1/200 of the window, each counted as if all of
/// it had happened at its end: never too early, and at most 0.5 % of the limit unused. An entry is kept for the window's length and a
/// margin for clocks that run differently.
/// </para>
/// </remarks>
internal sealed class RateWindow : LimitWindow
{
    /// <summary>Up to this many entries a window is exact.</summary>
    public const int ExactLimit = 1024;

    private const int SubWindows = 200;
    private static readonly TimeSpan FixedMargin = TimeSpan.FromMilliseconds(50);

    private readonly long _held;
    private readonly long _grain;
    private WindowUse[] _ring = new WindowUse[16];
    private int _head;
    private int _count;
    private long _sum;

    /// <param name="kind">Which limit.</param>
    /// <param name="limit">Most in any interval of the window's length.</param>
    /// <param name="clockMargin">How much longer than the window an entry is kept, as a share of it.</param>
    public RateWindow(WindowKind kind, long limit, double clockMargin)
        : base(kind, limit)
    {
        _held = (long)(kind.Length().Ticks * (1 + clockMargin)) + FixedMargin.Ticks;
        _grain = kind.CountsTokens() || limit > ExactLimit ? kind.Length().Ticks / SubWindows : 0;
    }

    /// <summary>What the log holds at <paramref name="now"/>.</summary>
    public override long Placed(DateTimeOffset now)
    {
        while (_count > 0 && _ring[_head].At.UtcTicks + _held < now.UtcTicks)
        {
            _sum -= _ring[_head].Amount;
            _head = (_head + 1) & (_ring.Length - 1);
            _count--;
        }

        return _sum;
    }

    /// <summary>Enters a use. Instants may come out of order and lie in the future.</summary>
    public override void Add(DateTimeOffset at, long amount)
    {
        if (amount <= 0)
        {
            return;
        }

        at = RoundUp(at);
        _sum += amount;
        var i = _count;
        while (i > 0 && this[i - 1].At > at)
        {
            i--;
        }

        if (i > 0 && this[i - 1].At == at)
        {
            this[i - 1] = new(at, this[i - 1].Amount + amount);
            return;
        }

        Insert(i, new(at, amount));
    }

    /// <summary>Corrects a use that was entered at <paramref name="at"/>, never below zero. A use that has left the log stays out of it.</summary>
    public override void Adjust(DateTimeOffset at, long delta)
    {
        at = RoundUp(at);
        for (var i = _count - 1; i >= 0 && this[i].At >= at; i--)
        {
            if (this[i].At == at)
            {
                var change = Math.Max(delta, -this[i].Amount);
                this[i] = new(at, this[i].Amount + change);
                _sum += change;
                return;
            }
        }
    }

    /// <summary>The earliest instant at which <paramref name="excess"/> of what the log holds has left it; null if it never held so much.</summary>
    public override DateTimeOffset? FreeAt(long excess)
    {
        for (var i = 0; i < _count && excess > 0; i++)
        {
            excess -= this[i].Amount;
            if (excess <= 0)
            {
                return End(this[i].At);
            }
        }

        return null;
    }

    /// <summary>When the last entry leaves; null when the log is empty.</summary>
    public override DateTimeOffset? EmptyAt() => _count == 0 ? null : End(this[_count - 1].At);

    public override DateTimeOffset? ChangesAt(DateTimeOffset now)
    {
        Placed(now);
        return _count == 0 ? null : End(this[0].At);
    }

    /// <summary>Everything the log holds.</summary>
    public List<WindowUse> Entries() => Export(DateTimeOffset.MinValue, int.MaxValue);

    /// <summary>
    /// About <paramref name="most"/> entries at the most, which together count at least as much, and not earlier, as the log does. Where there are more, those
    /// within one share of the window are merged into the last of them: none counts longer than that share after its time.
    /// </summary>
    public List<WindowUse> Export(DateTimeOffset now, int most)
    {
        Placed(now);
        var uses = new List<WindowUse>(Math.Min(_count, most));
        var share = _count <= most ? 0 : Math.Max(1, _held / most);
        for (var i = 0; i < _count; )
        {
            var end = this[i].At.UtcTicks + share;
            var at = this[i].At;
            var amount = 0L;
            for (; i < _count && this[i].At.UtcTicks <= end; i++)
            {
                at = this[i].At;
                amount += this[i].Amount;
            }

            if (amount > 0)
            {
                uses.Add(new(at, amount));
            }
        }

        return uses;
    }

    private ref WindowUse this[int i] => ref _ring[(_head + i) & (_ring.Length - 1)];

    private DateTimeOffset End(DateTimeOffset at) => new(at.UtcTicks + _held + 1, TimeSpan.Zero);

    private DateTimeOffset RoundUp(DateTimeOffset at) =>
        _grain == 0 ? at : new(((at.UtcTicks + _grain - 1) / _grain) * _grain, TimeSpan.Zero);

    private void Insert(int index, WindowUse use)
    {
        if (_count == _ring.Length)
        {
            var larger = new WindowUse[_ring.Length * 2];
            for (var i = 0; i < _count; i++)
            {
                larger[i] = this[i];
            }

            _ring = larger;
            _head = 0;
        }

        _count++;
        for (var i = _count - 1; i > index; i--)
        {
            this[i] = this[i - 1];
        }

        this[index] = use;
    }
}
