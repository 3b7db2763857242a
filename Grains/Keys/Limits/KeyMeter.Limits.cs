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
    /// <param name="request">The request.</param>
    /// <param name="now">The present.</param>
    /// <param name="tokens">What it would get.</param>
    /// <param name="mayPass">Whether only tokens that others hold are in its way, which may come back at any moment.</param>
    private KeyReserveResult.Refused? Refusal(KeyReserveRequest request, DateTimeOffset now, out long tokens, out bool mayPass)
    {
        mayPass = false;
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
                // Tokens that are only reserved may come back at any moment; what was reserved for an earlier minute is not in this one any more.
                var since = now - window.Kind.Length();
                var held = _running.Values.Sum(running => HeldSince(running, since));
                var together = Math.Max(window.Limit, used - held + granted);
                if (together == window.Limit && TooFew(least, now) is { } final)
                {
                    return final;
                }

                mayPass = together == window.Limit;
                var retry = together > window.Limit ? Until(window, together, now) : Soon;
                return Refused(KeyRefusal.TokensPerMinute, window.Limit, used, granted, retry, now);
            }
        }

        var refused =
            Take(Day, KeyRefusal.DayBudget, least, ref granted, now) ?? Take(Month, KeyRefusal.MonthBudget, least, ref granted, now);
        tokens = granted;
        if (refused is { Reason: KeyRefusal.BudgetHeld })
        {
            // A budget that settled use alone has filled says more than a budget that others hold.
            var final = TooFew(least, now);
            mayPass = final is null;
            return final ?? refused;
        }

        return refused;
    }

    /// <summary>A budget of which settled use leaves too little for the request; null when there is none.</summary>
    private KeyReserveResult.Refused? TooFew(long least, DateTimeOffset now)
    {
        foreach (var (budget, reason) in ((CalendarWindow, KeyRefusal)[])[(Day, KeyRefusal.DayBudget), (Month, KeyRefusal.MonthBudget)])
        {
            var granted = least;
            if (Take(budget, reason, least, ref granted, now) is { Reason: not KeyRefusal.BudgetHeld } refused)
            {
                return refused;
            }
        }

        return null;
    }

    /// <summary>What a request may give back of what was reserved for it since a time.</summary>
    private static long HeldSince(KeyReservation running, DateTimeOffset since) =>
        (running.At > since ? running.First : 0) + (running.LatestAt > since ? running.Latest : 0);

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
