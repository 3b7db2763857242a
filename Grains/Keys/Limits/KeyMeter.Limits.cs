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

        if (Requests is { } requests && requests.Placed(now) is var made && made >= requests.Limit)
        {
            return Refused(KeyRefusal.RequestsPerMinute, requests.Limit, made, 1, Until(requests, made + 1, now), now);
        }

        if (TooLarge(least) is { } limit)
        {
            return Refused(KeyRefusal.TooLarge, limit, 0, least, retryAfter: null, now);
        }

        var granted = wanted;
        if (Tokens is { } window)
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
            Take(Day, KeyRefusal.DayBudget, least, ref granted, now) ?? Take(Month, KeyRefusal.MonthBudget, least, ref granted, now);
        tokens = granted;
        return refused;
    }

    private KeyReserveResult.Refused? Take(CalendarWindow budget, KeyRefusal reason, long least, ref long granted, DateTimeOffset now)
    {
        var (most, used) = (budget.Limit, budget.Placed(now));
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
        foreach (var window in _meter.Windows)
        {
            if (window.Kind.CountsTokens() && window.Limit < least)
            {
                return window.Limit;
            }
        }

        return null;
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
            Requests?.Limit,
            Requests is { } requests ? Math.Max(0, requests.Limit - requests.Placed(now)) : 0,
            Requests is { } window ? Empty(window, now) : TimeSpan.Zero,
            limit,
            left,
            reset
        );
    }

    private (long? Limit, long Left, TimeSpan Reset) TokensLeft(DateTimeOffset now)
    {
        if (Tokens is { } window)
        {
            return (window.Limit, Math.Max(0, window.Limit - window.Placed(now)), Empty(window, now));
        }

        var day = Day.Limit - Day.Placed(now);
        var month = Month.Limit - Month.Placed(now);
        return (_limits.TokensPerDay, _limits.TokensPerMonth) switch
        {
            (null, null) => (null, 0, TimeSpan.Zero),
            ({ } limit, _) when day <= month => (limit, Math.Max(0, day), Day.End - now),
            (_, var limit) => (limit, Math.Max(0, month), Month.End - now),
        };
    }

    /// <summary>Until the window holds so little that this much fits.</summary>
    private static TimeSpan Until(LimitWindow window, long together, DateTimeOffset now) =>
        window.FreeAt(together - window.Limit) is { } at && at > now ? at - now : Soon;

    private static TimeSpan Empty(LimitWindow window, DateTimeOffset now) =>
        window.Placed(now) > 0 && window.EmptyAt() is { } at && at > now ? at - now : TimeSpan.Zero;
}
