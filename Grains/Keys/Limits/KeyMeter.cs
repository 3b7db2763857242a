using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Keys.Limits;

/// <summary>
/// What one key uses of its limits. A request takes the most it can use when it is let in, and gives back the rest when it ends; it counts in
/// the minute, day and month in which it was let in. Since no reply becomes longer than was granted, no limit is ever passed, however many
/// requests come together. Time is an argument and must not run backwards. Not thread-safe.
/// </summary>
internal sealed partial class KeyMeter
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly Meter _meter;
    private readonly Dictionary<string, KeyReservation> _running = new(StringComparer.Ordinal);
    private ApiKeyLimits _limits = ApiKeyLimits.None;
    private long _version = -1;
    private DateTimeOffset _nextExpiry = DateTimeOffset.MaxValue;
    private readonly KeyQueue _queue = new();

    public KeyMeter(KeyUseOptions options)
    {
        Calendar = new(options.Zone);
        _meter = new(new(options.ClockMargin, options.ReserveSpan, options.ReserveValidity, Calendar));
        _meter.SetLimits(LimitOf);
    }

    /// <summary>The calendar of the budgets; the grain, which has a clock, sets how far the wall clock is ahead.</summary>
    public WallCalendar Calendar { get; }

    private LimitWindow? Requests => _meter.Window(WindowKind.RequestsPerMinute);

    private LimitWindow? Tokens => _meter.Window(WindowKind.TokensPerMinute);

    private CalendarWindow Day => (CalendarWindow)_meter.Window(WindowKind.TokensOfDay)!;

    private CalendarWindow Month => (CalendarWindow)_meter.Window(WindowKind.TokensOfMonth)!;

    /// <summary>Requests in flight.</summary>
    public IReadOnlyCollection<KeyReservation> Running => _running.Values;

    /// <summary>The request that waits and whose turn it is; null when none waits.</summary>
    public string? FirstWaiting => _queue.First;

    /// <summary>Whether a request waits.</summary>
    public bool IsWaiting(string requestId) => _queue.Contains(requestId);

    /// <summary>
    /// Lets a request in, refuses it, or gives it a place in the queue. Null: it could be let in, but its use is not noted in storage yet; ask again after the next
    /// write (<see cref="WriteWanted"/>).
    /// </summary>
    public KeyReserveResult? Reserve(KeyReserveRequest request, DateTimeOffset now)
    {
        Expire(now);
        Adopt(request.Terms);
        if (_running.TryGetValue(request.RequestId, out var known))
        {
            return Granted(known, now);
        }

        var refused = Refusal(request, now, out var tokens, out var mayPass);
        if (refused is not null && !mayPass)
        {
            _queue.Leave(request.RequestId);
            return refused;
        }

        // What needs no tokens waits for none.
        if (refused is not null || (tokens > 0 && !_queue.IsTurnOf(request.RequestId)))
        {
            return Queue(request, refused, tokens, now);
        }

        if (_meter.HasLimits && !_meter.Block.Covers(_meter.CountsTokens, tokens, now))
        {
            _meter.Block.WantMore(1, tokens);
            return null;
        }

        _queue.Leave(request.RequestId);
        var reservation = new KeyReservation(request.RequestId, tokens, now, now + request.Lifetime, request.HolderSilo);
        Hold(reservation);
        _meter.Place(now, 1, tokens);
        if (_meter.HasLimits)
        {
            _meter.Block.Take(1, tokens, now);
            _changed = true;
        }

        return Granted(reservation, now);
    }

    /// <summary>Ends a request, once; a request that ended by itself, or was never there, changes nothing.</summary>
    public void Settle(KeySettlement settlement, DateTimeOffset now)
    {
        Expire(now);
        if (_queue.Leave(settlement.RequestId))
        {
            return;
        }

        if (!_running.Remove(settlement.RequestId, out var reservation))
        {
            CorrectLost(settlement);
            return;
        }

        var delta = Math.Clamp(settlement.Tokens ?? 0, 0, ReplyBlock.Most) - reservation.Tokens;
        TakeBack(reservation, -delta);
        if (settlement.Tokens is null)
        {
            _meter.Correct(reservation.At, -1, 0);
        }

        // What is returned does not go back into the block: a settlement whose answer was lost is sent again to the next activation, which
        // corrects the block by it.
        if (delta > 0)
        {
            // What is more than was reserved came after everything else: it counts from now on.
            _meter.Place(now, 0, delta);
            _meter.Block.Move(0, delta);
        }

        _changed = true;
    }

    /// <summary>
    /// Reserves more tokens for a reply that grows; they count from now on. How many are reserved then in all, which may be fewer than asked for; null when
    /// more could be had but is not noted in storage yet: ask again after the next write.
    /// </summary>
    public long? TopUp(KeyTopUp topUp, DateTimeOffset now)
    {
        Expire(now);
        if (!_running.ContainsKey(topUp.RequestId))
        {
            TakeOver(new KeyReservation(topUp.RequestId, topUp.Reserved, topUp.At, topUp.Expires, topUp.HolderSilo), now);
        }

        if (!_running.TryGetValue(topUp.RequestId, out var running))
        {
            return topUp.Reserved;
        }

        var reserved = Math.Max(running.Tokens, topUp.Reserved);
        var more = Math.Min(topUp.UpTo, ReplyBlock.Most) - reserved;
        if (more <= 0 || !_meter.CountsTokens)
        {
            return Math.Max(reserved, topUp.UpTo);
        }

        more = _meter.RoomFor(more, now);
        if (more > _meter.Block.Tokens(now))
        {
            if (!_failing)
            {
                _meter.Block.WantMore(0, more);
                return null;
            }

            more = _meter.Block.Tokens(now);
        }

        if (more > 0)
        {
            _running[running.RequestId] = running with
            {
                Tokens = running.Tokens + more,
                UsedUp = running.UsedUp + running.Latest,
                Latest = more,
                LatestAt = now,
            };
            _meter.Place(now, 0, more);
            _meter.Block.Take(0, more, now);
            _changed = true;
        }

        return reserved + more;
    }

    /// <summary>Ends the requests of a silo that died; what they used is unknown, so all they held stays counted.</summary>
    public void HolderDied(string holder)
    {
        foreach (var (id, reservation) in _running)
        {
            if (reservation.Holder == holder)
            {
                _running.Remove(id);
            }
        }
    }

    /// <summary>Ends the requests whose time has elapsed, in the same way.</summary>
    public void Expire(DateTimeOffset now)
    {
        _queue.Expire(now);
        if (now < _nextExpiry)
        {
            return;
        }

        _nextExpiry = DateTimeOffset.MaxValue;
        foreach (var (id, reservation) in _running)
        {
            if (reservation.Expires <= now)
            {
                _running.Remove(id);
            }
            else if (reservation.Expires < _nextExpiry)
            {
                _nextExpiry = reservation.Expires;
            }
        }
    }

    /// <summary>What is in use now.</summary>
    public KeyUse Use(DateTimeOffset now)
    {
        Expire(now);
        return new(_running.Count, Requests?.Placed(now) ?? 0, Tokens?.Placed(now) ?? 0, Day.Placed(now), Month.Placed(now))
        {
            Waiting = _queue.Count,
        };
    }

    /// <summary>The place of a request that cannot be let in yet, or why it gets none.</summary>
    private KeyReserveResult Queue(KeyReserveRequest request, KeyReserveResult.Refused? refused, long tokens, DateTimeOffset now)
    {
        if (request.MaxWait > TimeSpan.Zero && _queue.Enter(request.RequestId, now))
        {
            return new KeyReserveResult.Waiting(Headroom(now));
        }

        _queue.Leave(request.RequestId);
        return refused ?? Refused(KeyRefusal.QueueFull, 0, 0, tokens, Soon, now);
    }

    /// <summary>Takes back what a request did not use: of its latest top-up first, then of what it was admitted with.</summary>
    private void TakeBack(KeyReservation reservation, long tokens)
    {
        var latest = Math.Clamp(tokens, 0, reservation.Latest);
        _meter.Correct(reservation.LatestAt, 0, -latest);
        _meter.Correct(reservation.At, 0, -Math.Clamp(tokens - latest, 0, reservation.First));
    }

    private void Hold(KeyReservation reservation)
    {
        _running[reservation.RequestId] = reservation;
        _nextExpiry = reservation.Expires < _nextExpiry ? reservation.Expires : _nextExpiry;
    }

    /// <summary>Takes over limits that are newer than those known.</summary>
    private void Adopt(ApiKeyTerms terms)
    {
        if (terms.Version > _version)
        {
            _version = terms.Version;
            _limits = terms.Limits;
            _meter.SetLimits(LimitOf);
        }
    }

    /// <summary>Tokens of the day and the month are counted also while they are not limited.</summary>
    private long? LimitOf(WindowKind kind) =>
        kind switch
        {
            WindowKind.RequestsPerMinute => _limits.RequestsPerMinute,
            WindowKind.TokensPerMinute => _limits.TokensPerMinute,
            WindowKind.TokensOfDay => _limits.TokensPerDay ?? LimitWindow.Unlimited,
            WindowKind.TokensOfMonth => _limits.TokensPerMonth ?? LimitWindow.Unlimited,
            _ => null,
        };

    private KeyReserveResult.Granted Granted(KeyReservation reservation, DateTimeOffset now) =>
        new(reservation.Tokens, reservation.At, reservation.Expires, Headroom(now));
}
