using FlowGpt.Grains.Pools.Leasing;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

internal sealed partial class PoolAccount
{
    /// <summary>The request has surely arrived upstream by <paramref name="at"/>.</summary>
    public void Arrive(LeaseEntry lease, DateTimeOffset at)
    {
        if (lease.Arrived is not null)
        {
            return;
        }

        lease.Arrived = at;
        _pendingRequests--;
        Place(at, 1, 0);
    }

    /// <summary>
    /// More is reserved for a reply that grows. What it has used so far is no longer pending: it is entered now, which is not before the upstream counted it,
    /// whether that counts tokens at the request's arrival or as they are made.
    /// </summary>
    /// <param name="lease">Its lease.</param>
    /// <param name="used">Tokens used so far, prompt and reply.</param>
    /// <param name="now">The present.</param>
    public void Consume(LeaseEntry lease, long used, DateTimeOffset now)
    {
        var consumed = Math.Clamp(used - lease.Placed - lease.RecoveredTokens, 0, lease.Tokens);
        if (consumed > 0)
        {
            lease.Tokens -= consumed;
            _pendingTokens -= consumed;
            PlaceTokens(lease, now, consumed);
        }
    }

    /// <summary>Reserves more tokens for a call in flight.</summary>
    public void TopUp(LeaseEntry lease, long tokens, DateTimeOffset now)
    {
        lease.Tokens += tokens;
        _pendingTokens += tokens;
        if (HasWindows)
        {
            Block.Take(0, tokens, now);
        }
    }

    /// <summary>The call is over and what it used is known, or given up knowing.</summary>
    /// <param name="lease">Its lease.</param>
    /// <param name="at">By when the request had arrived, unless that was known before.</param>
    /// <param name="used">What it used in all.</param>
    /// <param name="now">The present.</param>
    public void End(LeaseEntry lease, DateTimeOffset at, long used, DateTimeOffset now)
    {
        Arrive(lease, at);
        var own = Math.Max(0, used - lease.RecoveredTokens);
        var reserved = lease.Tokens + lease.Placed;
        _pendingTokens -= lease.Tokens;
        if (HasWindows && own != reserved)
        {
            Block.Move(0, own - reserved);
        }

        // What is more than was reserved came after everything else: it is carried into the time from now on.
        lease.Tokens = 0;
        PlaceTokens(lease, lease.Placed == 0 ? lease.Arrived!.Value : now, Math.Min(own, reserved) - lease.Placed);
        PlaceTokens(lease, now, own - lease.Placed);
        TakeBack(lease, lease.Placed - own);
    }

    /// <summary>The call was never made: its request and tokens come back.</summary>
    public void GiveBack(LeaseEntry lease)
    {
        _pendingRequests--;
        _pendingTokens -= lease.Tokens;
        TakeBack(lease, lease.Placed);
        if (HasWindows && !lease.TakenOver)
        {
            Block.Move(-1, -lease.Tokens - lease.Placed);
        }
    }

    /// <summary>A lease that ended by itself turned out to have used something else than was booked.</summary>
    public void EndLate(LeaseEntry lease, long requests, long used, DateTimeOffset now)
    {
        var own = Math.Max(0, used - lease.RecoveredTokens);
        Correct(lease.Arrived!.Value, requests, 0);
        PlaceTokens(lease, now, own - lease.Placed);
        TakeBack(lease, lease.Placed - own);
    }

    private void PlaceTokens(LeaseEntry lease, DateTimeOffset at, long tokens)
    {
        if (tokens > 0)
        {
            lease.Placed += tokens;
            lease.LatestPlaced = lease.PlacedAt == at ? lease.LatestPlaced + tokens : tokens;
            lease.PlacedAt = at;
            Place(at, 0, tokens);
        }
    }

    /// <summary>Takes back tokens that were entered and not used: of the latest entry only, since the earlier ones were used up.</summary>
    private void TakeBack(LeaseEntry lease, long tokens)
    {
        tokens = Math.Min(tokens, lease.LatestPlaced);
        if (tokens > 0)
        {
            lease.Placed -= tokens;
            lease.LatestPlaced -= tokens;
            Correct(lease.PlacedAt, 0, -tokens);
        }
    }

    private void Correct(DateTimeOffset at, long requests, long tokens)
    {
        foreach (var window in _windows)
        {
            window.Adjust(at, window.Kind.CountsTokens() ? tokens : requests);
        }
    }

    /// <summary>Counts a lease that another activation of the pool granted.</summary>
    public void TakeOver(LeaseEntry lease)
    {
        Leases++;
        _pendingRequests += lease.Arrived is null ? 1 : 0;
        _pendingTokens += lease.Tokens;
    }

    private void Place(DateTimeOffset at, long requests, long tokens)
    {
        foreach (var window in _windows)
        {
            window.Add(at, window.Kind.CountsTokens() ? tokens : requests);
        }
    }
}
