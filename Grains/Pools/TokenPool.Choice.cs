using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools.Choice;
using FlowGpt.Grains.Pools.Health;

namespace FlowGpt.Grains.Pools;

internal sealed partial class TokenPool
{
    private Selection Choose(AcquireRequest request, PoolAccount? due, bool hasFailed, DateTimeOffset now)
    {
        var (chosen, why) =
            _breaker.State != BreakerState.Closed ? (ProbeOfUpstream(due), "probe")
            : due is not null && !hasFailed ? (due, "probe of an account")
            : _candidates.Count > 0 ? ChooseClear(request, now)
            : _last.Count > 0 ? (ByStrategy(_last, now), "only accounts that go last are free")
            : (due!, "probe of an account");
        return new(Outlook.Ready, chosen, why, NeedsStorage(chosen, request, now), now);
    }

    private (PoolAccount Account, string Why) ChooseClear(AcquireRequest request, DateTimeOffset now)
    {
        if (!OpenRefusals(request).IsEmpty && LatestToServe(request.UpstreamModel) is { } judge)
        {
            return (judge, "second opinion");
        }

        foreach (var candidate in _candidates)
        {
            if (candidate.Name == request.AffinityAccount)
            {
                return (candidate, "affinity");
            }
        }

        return (ByStrategy(_candidates, now), _strategy.Name);
    }

    /// <summary>The first in the strategy's order.</summary>
    private PoolAccount ByStrategy(List<PoolAccount> candidates, DateTimeOffset now)
    {
        PoolAccount? best = null;
        var (isBehind, least) = (false, default(ChoiceKey));
        foreach (var candidate in candidates)
        {
            var key = candidates.Count == 1 ? default : _strategy.KeyOf(candidate, now);
            var behind = candidate.Index > _strategy.After;
            if (best is null || (behind && !isBehind) || (behind == isBehind && key.CompareTo(least) < 0))
            {
                (best, isBehind, least) = (candidate, behind, key);
            }
        }

        _strategy.Chosen(best!);
        return best!;
    }

    private PoolAccount? LatestToServe(string model)
    {
        PoolAccount? latest = null;
        var served = DateTimeOffset.MinValue;
        foreach (var candidate in _candidates)
        {
            if (candidate.Health.Marks.LastServed(model) is var at && at > served)
            {
                (latest, served) = (candidate, at);
            }
        }

        return latest;
    }

    /// <summary>The account whose latest failure is the longest ago: one broken account must not be the only one that is probed.</summary>
    private PoolAccount ProbeOfUpstream(PoolAccount? due)
    {
        var best = due;
        foreach (var list in (ReadOnlySpan<List<PoolAccount>>)[_candidates, _last])
        {
            foreach (var account in list)
            {
                best = best is null || account.Health.LastFailedAt < best.Health.LastFailedAt ? account : best;
            }
        }

        return best!;
    }
}
