namespace FlowGpt.Grains.Reservations;

/// <summary>
/// The limits of one account or one client key, and what is used of them: reserved before, settled after, noted in storage ahead of time
/// in a <see cref="ReserveBlock"/>. No clock, no I/O: time is an argument and must not run backwards. Not thread-safe.
/// </summary>
/// <remarks>
/// Use is either pending, and then counts in every window, or placed at an instant. No limit is passed as long as callers reserve only what
/// <see cref="TokenRoom"/> and the windows leave, and place use no earlier than the provider counts the use.
/// </remarks>
internal sealed partial class Meter(MeterOptions options)
{
    private LimitWindow[] _windows = [];

    public ReadOnlySpan<LimitWindow> Windows => _windows;

    /// <summary>Grows with every change of what is used, reserved or wanted: what storage holds is still right while this is the same.</summary>
    public long Changes { get; private set; }

    /// <summary>Whether anything is limited, so that its use is noted in storage ahead of time.</summary>
    public bool HasLimits { get; private set; }

    /// <summary>Whether tokens are limited.</summary>
    public bool CountsTokens { get; private set; }

    /// <summary>Requests that were let in and have no place in the windows yet.</summary>
    public long PendingRequests { get; private set; }

    /// <summary>Tokens likewise.</summary>
    public long PendingTokens { get; private set; }

    /// <summary>
    /// Takes over limits. What was used stays counted; a limit that is new begins with what the longest other window of its unit remembers.
    /// </summary>
    /// <param name="limitOf">The limit of a kind; null when there is none.</param>
    public void SetLimits(Func<WindowKind, long?> limitOf)
    {
        var before = _windows;
        var windows = new List<LimitWindow>();
        foreach (var kind in WindowKinds.All)
        {
            if (limitOf(kind) is { } limit)
            {
                windows.Add(Remake(kind, limit));
            }
        }

        _windows = [.. windows];
        Changes += before.AsSpan().SequenceEqual(_windows) ? 0 : 1;
        HasLimits = windows.Exists(static window => window.Limit != LimitWindow.Unlimited);
        CountsTokens = windows.Exists(static window => window.Limit != LimitWindow.Unlimited && window.Kind.CountsTokens());
    }

    /// <summary>What is used of a limit, pending use included.</summary>
    public long Used(LimitWindow window, DateTimeOffset now) =>
        window.Placed(now) + (window.Kind.CountsTokens() ? PendingTokens : PendingRequests);

    public LimitWindow? Window(WindowKind kind)
    {
        foreach (var window in _windows)
        {
            if (window.Kind == kind)
            {
                return window;
            }
        }

        return null;
    }

    /// <summary>How many tokens are reserved for a request that asks for <paramref name="wanted"/>: never more than the smallest limit.</summary>
    public long Fit(long wanted) => CountsTokens ? Math.Min(wanted, Least(tokens: true)) : wanted;

    /// <summary>How many tokens more may be used now.</summary>
    public long TokenRoom(DateTimeOffset now)
    {
        var room = ReplyBlock.Most;
        foreach (var window in _windows)
        {
            room = window.Kind.CountsTokens() ? Math.Min(room, window.Limit - Used(window, now)) : room;
        }

        return Math.Max(0, room);
    }

    /// <summary>
    /// How many of the tokens that a reply asks for may be reserved now: all that there is room for up to <see cref="ReplyBlock.InFull"/>; of more, at most half of
    /// the room.
    /// </summary>
    public long RoomFor(long more, DateTimeOffset now)
    {
        var room = TokenRoom(now);
        return Math.Min(more, Math.Max(Math.Min(room, ReplyBlock.InFull), room / 2));
    }

    private LimitWindow Remake(WindowKind kind, long limit)
    {
        var source = Window(kind);
        if (kind.IsCalendar())
        {
            source ??= new CalendarWindow(kind, options.Calendar);
        }

        if (source is CalendarWindow || source?.Limit == limit)
        {
            source.Limit = limit;
            return source;
        }

        foreach (var other in _windows)
        {
            if (source is null || (source.Kind != kind && other.Kind.Length() > source.Kind.Length()))
            {
                source = other.Kind.CountsTokens() == kind.CountsTokens() ? other : source;
            }
        }

        var window = new RateWindow(kind, limit, options.ClockMargin);
        foreach (var use in (source as RateWindow)?.Entries() ?? [])
        {
            window.Add(use.At, use.Amount);
        }

        return window;
    }

    /// <summary>The smallest limit of requests, or of tokens.</summary>
    public long Least(bool tokens)
    {
        var least = long.MaxValue;
        foreach (var window in _windows)
        {
            least = window.Kind.CountsTokens() == tokens ? Math.Min(least, window.Limit) : least;
        }

        return least;
    }
}
