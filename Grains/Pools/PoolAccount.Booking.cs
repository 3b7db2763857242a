using FlowGpt.Grains.Pools.Leasing;
using FlowGpt.Grains.Pools.Windows;

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

    /// <summary>The call is over and what it used is known, or given up knowing.</summary>
    /// <param name="lease">Its lease.</param>
    /// <param name="at">By when the request had arrived, unless that was known before.</param>
    /// <param name="tokens">What it used.</param>
    public void End(LeaseEntry lease, DateTimeOffset at, long tokens)
    {
        Arrive(lease, at);
        _pendingTokens -= lease.Tokens;
        tokens = Math.Max(0, tokens - lease.RecoveredTokens);
        Place(lease.Arrived!.Value, 0, tokens);
        if (HasWindows && tokens != lease.Tokens)
        {
            Block.Move(0, tokens - lease.Tokens);
        }
    }

    /// <summary>The call was never made: its request and tokens come back.</summary>
    public void GiveBack(LeaseEntry lease)
    {
        _pendingRequests--;
        _pendingTokens -= lease.Tokens;
        if (HasWindows && !lease.TakenOver)
        {
            Block.Move(-1, -lease.Tokens);
        }
    }

    /// <summary>A lease that ended by itself turned out to have used something else than was booked.</summary>
    public void Correct(DateTimeOffset at, long requests, long tokens)
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
