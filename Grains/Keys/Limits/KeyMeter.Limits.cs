using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Keys.Limits;

/// <summary>Whether a request fits into the limits, and what is left of them.</summary>
internal sealed partial class KeyMeter
{
    /// <summary>
    /// Why a request may not run now; null when it may, with <paramref name="tokens"/>. A request that asks for more than a minute's whole limit gets
    /// that limit when all of it is free. Of a budget it gets what is left, if that is enough for a reply worth having.
    /// </summary>
    private KeyReserveResult.Refused? Refusal(KeyReserveRequest request, DateTimeOffset now, out long tokens)
    {
        var (least, wanted) = ReplyBlock.Need(request.PromptTokens, request.MaxReplyTokens);
        tokens = wanted;
        if (_limits.MaxConcurrentRequests is { } most && _running.Count >= most)
        {
            return Refused(KeyRefusal.Concurrency, most, _running.Count, 1, Soon, now);
        }

        if (_requests is { } requests && requests.Placed(now) is var made && made >= requests.Limit)
        {
            return Refused(KeyRefusal.RequestsPerMinute, requests.Limit, made, 1, Until(requests, made + 1, now), now);
        }

        if (TooLarge(least) is { } limit)
        {
            return Refused(KeyRefusal.TooLarge, limit, 0, least, retryAfter: null, now);
        }

        var granted = wanted;
        if (_tokens is { } window)
        {
            granted = Math.Min(granted, window.Limit);
            var used = window.Placed(now);
            if (used + granted > window.Limit)
            {
                // Tokens that are only reserved may come back at any moment.
                var held = _running.Values.Sum(static running => running.Tokens);
                var together = Math.Max(window.Limit, used - held + granted);
                var retry = together > window.Limit ? Until(window, together, now) : Soon;
                return Refused(KeyRefusal.TokensPerMinute, window.Limit, used, granted, retry, now);
            }
        }

        var refused =
            Take(_day, _limits.TokensPerDay, KeyRefusal.DayBudget, least, ref granted, now)
            ?? Take(_month, _limits.TokensPerMonth, KeyRefusal.MonthBudget, least, ref granted, now);
        tokens = granted;
        return refused;
    }

    private KeyReserveResult.Refused? Take(
        TokenBudget budget,
        long? limit,
        KeyRefusal reason,
        long least,
        ref long granted,
        DateTimeOffset now
    )
    {
        if (limit is not { } most)
        {
            return null;
        }

        var used = budget.Used(now);
        granted = Math.Min(granted, most - used);
        if (granted >= least)
        {
            return null;
        }

        var held = _running.Values.Where(running => budget.Contains(running.At)).Sum(static running => running.Tokens);
        return used - held + least <= most
            ? Refused(KeyRefusal.BudgetHeld, most, used, least, Soon, now)
            : Refused(reason, most, used, least, budget.End - now, now);
    }

    /// <summary>A limit that is smaller than what the request needs at least, so that it can never run.</summary>
    private long? TooLarge(long least)
    {
        var limits = (ReadOnlySpan<long?>)[_limits.TokensPerMinute, _limits.TokensPerDay, _limits.TokensPerMonth];
        foreach (var limit in limits)
        {
            if (limit < least)
            {
                return limit;
            }
        }

        return null;
    }

    /// <summary>How many tokens more may be used now.</summary>
    private long TokenRoom(DateTimeOffset now)
    {
        var room = ReplyBlock.Most;
        room = _tokens is { } window ? Math.Min(room, window.Limit - window.Placed(now)) : room;
        room = _limits.TokensPerDay is { } day ? Math.Min(room, day - _day.Used(now)) : room;
        room = _limits.TokensPerMonth is { } month ? Math.Min(room, month - _month.Used(now)) : room;
        return Math.Max(0, room);
    }

    private KeyReserveResult.Refused Refused(
        KeyRefusal reason,
        long limit,
        long used,
        long requested,
        TimeSpan? retryAfter,
        DateTimeOffset now
    ) => new(reason, limit, used, requested, retryAfter, Headroom(now));

    private KeyHeadroom Headroom(DateTimeOffset now)
    {
        var (limit, left, reset) = TokensLeft(now);
        return new KeyHeadroom(
            _requests?.Limit,
            _requests is { } requests ? Math.Max(0, requests.Limit - requests.Placed(now)) : 0,
            _requests is { } window ? Empty(window, now) : TimeSpan.Zero,
            limit,
            left,
            reset
        );
    }

    private (long? Limit, long Left, TimeSpan Reset) TokensLeft(DateTimeOffset now)
    {
        if (_tokens is { } window)
        {
            return (window.Limit, Math.Max(0, window.Limit - window.Placed(now)), Empty(window, now));
        }

        var day = _limits.TokensPerDay is { } ofDay ? ofDay - _day.Used(now) : long.MaxValue;
        var month = _limits.TokensPerMonth is { } ofMonth ? ofMonth - _month.Used(now) : long.MaxValue;
        return (_limits.TokensPerDay, _limits.TokensPerMonth) switch
        {
            (null, null) => (null, 0, TimeSpan.Zero),
            ({ } limit, _) when day <= month => (limit, Math.Max(0, day), _day.End - now),
            (_, var limit) => (limit, Math.Max(0, month), _month.End - now),
        };
    }

    /// <summary>Until the window holds so little that this much fits.</summary>
    private static TimeSpan Until(RateWindow window, long together, DateTimeOffset now) =>
        window.FreeAt(together - window.Limit) is { } at && at > now ? at - now : Soon;

    private static TimeSpan Empty(RateWindow window, DateTimeOffset now) =>
        window.Placed(now) > 0 && window.EmptyAt() is { } at && at > now ? at - now : TimeSpan.Zero;
}
