namespace FlowGpt.Grains.Reservations;

internal sealed partial class Meter
{
    /// <summary>Reserves a request and tokens for it, pending.</summary>
    public void Reserve(long tokens, DateTimeOffset now)
    {
        Changes++;
        PendingRequests++;
        PendingTokens += tokens;
        if (HasLimits)
        {
            Block.Take(1, tokens, now);
        }
    }

    /// <summary>The request has surely arrived upstream by <paramref name="at"/>.</summary>
    public void Arrive(MeterUse use, DateTimeOffset at)
    {
        if (use.Arrived is not null)
        {
            return;
        }

        use.Arrived = at;
        PendingRequests--;
        Place(at, 1, 0);
    }

    /// <summary>
    /// More is reserved for a reply that grows. What it has used so far is no longer pending: it is entered now, which is not before the upstream counted it,
    /// whether that counts tokens at the request's arrival or as they are made.
    /// </summary>
    /// <param name="use">What the call has reserved.</param>
    /// <param name="used">Tokens used so far, prompt and reply.</param>
    /// <param name="now">The present.</param>
    public void Consume(MeterUse use, long used, DateTimeOffset now)
    {
        var consumed = Math.Clamp(used - use.Placed - use.RecoveredTokens, 0, use.Tokens);
        if (consumed > 0)
        {
            Changes++;
            use.Tokens -= consumed;
            PendingTokens -= consumed;
            PlaceTokens(use, now, consumed);
        }
    }

    /// <summary>Reserves more tokens for a call in flight.</summary>
    public void TopUp(MeterUse use, long tokens, DateTimeOffset now)
    {
        Changes++;
        use.Tokens += tokens;
        PendingTokens += tokens;
        if (HasLimits)
        {
            Block.Take(0, tokens, now);
        }
    }

    /// <summary>The call is over and what it used is known, or given up knowing.</summary>
    /// <param name="use">What the call has reserved.</param>
    /// <param name="at">By when the request had arrived, unless that was known before.</param>
    /// <param name="used">What it used in all.</param>
    /// <param name="now">The present.</param>
    public void End(MeterUse use, DateTimeOffset at, long used, DateTimeOffset now)
    {
        Changes++;
        Arrive(use, at);
        var own = Math.Max(0, used - use.RecoveredTokens);
        var reserved = use.Tokens + use.Placed;
        PendingTokens -= use.Tokens;
        if (HasLimits && own != reserved)
        {
            Block.Move(0, own - reserved);
        }

        // What is more than was reserved came after everything else: it is carried into the time from now on.
        use.Tokens = 0;
        PlaceTokens(use, use.Placed == 0 ? use.Arrived!.Value : now, Math.Min(own, reserved) - use.Placed);
        PlaceTokens(use, now, own - use.Placed);
        TakeBack(use, use.Placed - own);
    }

    /// <summary>The call was never made: its request and tokens come back.</summary>
    public void GiveBack(MeterUse use)
    {
        Changes++;
        PendingRequests--;
        PendingTokens -= use.Tokens;
        TakeBack(use, use.Placed);
        if (HasLimits && !use.TakenOver)
        {
            Block.Move(-1, -use.Tokens - use.Placed);
        }
    }

    /// <summary>A call without a reported end turned out to have used another amount than was booked.</summary>
    public void EndLate(MeterUse use, long requests, long used, DateTimeOffset now)
    {
        var own = Math.Max(0, used - use.RecoveredTokens);
        Correct(use.Arrived!.Value, requests, 0);
        PlaceTokens(use, now, own - use.Placed);
        TakeBack(use, use.Placed - own);
    }

    private void PlaceTokens(MeterUse use, DateTimeOffset at, long tokens)
    {
        if (tokens > 0)
        {
            use.Placed += tokens;
            use.LatestPlaced = use.PlacedAt == at ? use.LatestPlaced + tokens : tokens;
            use.PlacedAt = at;
            Place(at, 0, tokens);
        }
    }

    /// <summary>Takes back tokens that were entered and not used: of the latest entry only, since earlier entries were used up.</summary>
    private void TakeBack(MeterUse use, long tokens)
    {
        tokens = Math.Min(tokens, use.LatestPlaced);
        if (tokens > 0)
        {
            use.Placed -= tokens;
            use.LatestPlaced -= tokens;
            Correct(use.PlacedAt, 0, -tokens);
        }
    }

    /// <summary>Corrects what was entered at <paramref name="at"/>.</summary>
    public void Correct(DateTimeOffset at, long requests, long tokens)
    {
        Changes++;
        foreach (var window in _windows)
        {
            window.Adjust(at, window.Kind.CountsTokens() ? tokens : requests);
        }
    }

    /// <summary>Counts a call that an earlier meter let in.</summary>
    public void TakeOver(MeterUse use)
    {
        Changes++;
        PendingRequests += use.Arrived is null ? 1 : 0;
        PendingTokens += use.Tokens;
    }

    /// <summary>Enters a use in every window.</summary>
    public void Place(DateTimeOffset at, long requests, long tokens)
    {
        Changes++;
        foreach (var window in _windows)
        {
            window.Add(at, window.Kind.CountsTokens() ? tokens : requests);
        }
    }
}
