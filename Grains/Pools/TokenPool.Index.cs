using FlowGpt.Grains.Blame;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools.Decisions;
using FlowGpt.Grains.Pools.Health;
using FlowGpt.Grains.Pools.Queueing;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools;

/// <remarks>
/// Large pools: the account is chosen from an index in the strategy's order, so that the cost of a request does not grow with the accounts. Whatever is out
/// of the ordinary (nothing free, a second opinion, an upstream in trouble) is decided by looking at all accounts.
/// </remarks>
internal sealed partial class TokenPool
{
    private bool _skipsKnown = true;
    private TimeSpan _ahead;

    /// <summary>The account that looking at all accounts would choose; null when there is none, or all must be looked at.</summary>
    internal Selection? SelectByIndex(AcquireRequest request, Ticket? asker, DateTimeOffset now)
    {
        if (_breaker.State != BreakerState.Closed || !request.Refusals.IsDefaultOrEmpty)
        {
            return null;
        }

        _index.Refresh(now);
        var hasFailed = HasFailed(request, now);
        if (!hasFailed)
        {
            foreach (var account in _index.ProbesDue(now))
            {
                if (StandingFor(account, request, asker, hasFailed, now) == Standing.ProbeDue)
                {
                    return Chosen(account, "probe of an account", request, now);
                }
            }
        }

        if (
            request.AffinityAccount is { } name
            && _byName.GetValueOrDefault(name) is { } known
            && StandingFor(known, request, asker, hasFailed, now) == Standing.Clear
        )
        {
            return Chosen(known, "affinity", request, now);
        }

        if (_index.First is { } first && StandingFor(first, request, asker, hasFailed, now) == Standing.Clear)
        {
            _strategy.Chosen(first);
            return Chosen(first, _strategy.Name, request, now);
        }

        foreach (var account in _index.InOrder())
        {
            if (StandingFor(account, request, asker, hasFailed, now) == Standing.Clear)
            {
                _strategy.Chosen(account);
                return Chosen(account, _strategy.Name, request, now);
            }
        }

        return null;
    }

    private Selection Chosen(PoolAccount account, string why, AcquireRequest request, DateTimeOffset now)
    {
        _skipsKnown = false;
        return new(Outlook.Ready, account, why, NeedsStorage(account, request, now), now);
    }

    /// <summary>An account's rank for a request; null when it cannot serve the request now.</summary>
    private Standing? StandingFor(PoolAccount account, AcquireRequest request, Ticket? asker, bool hasFailed, DateTimeOffset now) =>
        CheckFor(account, request, asker, now).Reason == SkipReason.None && !IsExcluded(request, account)
            ? account.Health.Marks.StandingOf(request.UpstreamModel, now, hasFailed, ProbeGrace)
            : null;

    private void Decided(DateTimeOffset now, AcquireRequest request, string? account, string why)
    {
        if (_skipsKnown)
        {
            _decisions.Add(now, request, account, why, _accounts, _skips);
        }
        else
        {
            _decisions.Add(now, request, account, why, [], []);
        }
    }

    /// <summary>What is left of the requests of a minute, by the index: full again a minute from now, unless nothing is used.</summary>
    private PoolHeadroom? RoomByIndex(DateTimeOffset now)
    {
        _index.Refresh(now);
        var room = _index.Room;
        return room.Unlimited > 0 || room.Limit == 0
            ? null
            : new(
                (int)Math.Min(int.MaxValue, room.Limit),
                (int)Math.Min(int.MaxValue, room.Left),
                room.Left < room.Limit ? WindowKind.RequestsPerMinute.Length() : TimeSpan.Zero
            );
    }

    /// <summary>Once a second: changes without a touch. A clock that was set may end tokens, and blocks that were noted ahead run out.</summary>
    private void TickIndex(DateTimeOffset now)
    {
        if (!IsLarge)
        {
            return;
        }

        if ((Calendar.Ahead - _ahead).Duration() > TimeSpan.FromSeconds(1))
        {
            _ahead = Calendar.Ahead;
            _index.Rebuild(_accounts);
        }

        foreach (var account in _accounts)
        {
            _index.IsLow |= account.Meter.IsLow(now);
        }
    }

    private void TouchAll()
    {
        foreach (var account in _accounts)
        {
            _index.Touch(account);
        }
    }
}
