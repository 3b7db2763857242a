namespace FlowGpt.Simulator.Accounts;

/// <summary>
/// One account's limits and their use: pure bookkeeping by the time passed in. Not safe to use from many threads.
/// </summary>
internal sealed class LimitBook
{
    private const int MaxOverConcurrent = 1024;

    private static readonly LimitKind[] Kinds = Enum.GetValues<LimitKind>();

    private readonly UsageWindow?[] _windows = new UsageWindow?[Kinds.Length];
    private readonly long[] _violations = new long[Kinds.Length];
    private readonly Queue<DateTimeOffset> _overConcurrent = new();
    private readonly int? _maxConcurrent;

    public LimitBook(AccountLimits limits)
    {
        Limits = limits;
        _maxConcurrent = limits.MaxConcurrent;
        Open(LimitKind.RequestsPerMinute, limits.RequestsPerMinute, TimeSpan.FromMinutes(1));
        Open(LimitKind.RequestsPerHour, limits.RequestsPerHour, TimeSpan.FromHours(1));
        Open(LimitKind.RequestsPerDay, limits.RequestsPerDay, TimeSpan.FromDays(1));
        Open(LimitKind.TokensPerMinute, limits.TokensPerMinute, TimeSpan.FromMinutes(1));
        Open(LimitKind.TokensPerDay, limits.TokensPerDay, TimeSpan.FromDays(1));
    }

    public AccountLimits Limits { get; }

    public long Violations(LimitKind kind) => _violations[(int)kind];

    public long Used(LimitKind kind, DateTimeOffset now) => _windows[(int)kind]?.Used(now) ?? 0;

    public RateFigures? Rate(LimitKind kind, DateTimeOffset now) =>
        _windows[(int)kind] is { } window
            ? new RateFigures(window.Limit, Math.Max(0, window.Limit - window.Used(now)), window.UntilFree(now, window.Limit))
            : null;

    /// <summary>Counts a violation of each limit that one more request exceeds.</summary>
    /// <param name="now">The instant of the request.</param>
    /// <param name="promptTokens">The tokens it brings.</param>
    /// <param name="open">Replies already in progress.</param>
    /// <returns>Null when no limit is exceeded; else the longest time until the windows have room again.</returns>
    public TimeSpan? Check(DateTimeOffset now, long promptTokens, int open)
    {
        TimeSpan? wait = null;
        if (open + 1 > _maxConcurrent)
        {
            _violations[(int)LimitKind.Concurrent]++;
            Remember(now);
            wait = TimeSpan.FromSeconds(1);
        }

        for (var i = 0; i < _windows.Length; i++)
        {
            var amount = IsTokens((LimitKind)i) ? promptTokens : 1;
            if (_windows[i] is { } window && window.Used(now) + amount > window.Limit)
            {
                _violations[i]++;
                var free = window.UntilFree(now, amount);
                wait = wait > free ? wait : free;
            }
        }

        return wait;
    }

    /// <summary>Charges a request that is served.</summary>
    public void ChargeRequest(DateTimeOffset now, long promptTokens)
    {
        for (var i = 0; i < _windows.Length; i++)
        {
            _windows[i]?.Add(now, now, IsTokens((LimitKind)i) ? promptTokens : 1);
        }
    }

    /// <summary>
    /// Charges a reply's tokens at the instant its request arrived (assumed), and counts a violation where they exceed a limit that was
    /// kept before.
    /// </summary>
    public void ChargeReply(DateTimeOffset arrived, DateTimeOffset now, long replyTokens)
    {
        for (var i = 0; i < _windows.Length; i++)
        {
            if (_windows[i] is { } window && IsTokens((LimitKind)i))
            {
                var before = window.Used(now);
                window.Add(arrived, now, replyTokens);
                if (before <= window.Limit && window.Used(now) > window.Limit)
                {
                    _violations[i]++;
                }
            }
        }
    }

    /// <summary>
    /// A client went away from a reply. If a request seemed to exceed the concurrent limit within the last <paramref name="grace"/>, it
    /// came after the client had left but before the server could see that, and its violation is taken back.
    /// </summary>
    /// <returns>Whether there was such a request.</returns>
    public bool ForgiveConcurrent(DateTimeOffset now, TimeSpan grace)
    {
        while (_overConcurrent.TryDequeue(out var arrived))
        {
            if (now - arrived <= grace)
            {
                _violations[(int)LimitKind.Concurrent]--;
                return true;
            }
        }

        return false;
    }

    private static bool IsTokens(LimitKind kind) => kind is LimitKind.TokensPerMinute or LimitKind.TokensPerDay;

    private void Remember(DateTimeOffset overConcurrent)
    {
        _overConcurrent.Enqueue(overConcurrent);
        if (_overConcurrent.Count > MaxOverConcurrent)
        {
            _overConcurrent.Dequeue();
        }
    }

    private void Open(LimitKind kind, int? limit, TimeSpan length)
    {
        if (limit is { } value)
        {
            _windows[(int)kind] = Limits.Windows == WindowKind.Fixed ? new FixedWindow(value, length) : new SlidingWindow(value, length);
        }
    }
}
