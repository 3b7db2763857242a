using FlowGpt.Admin.Contracts.Live;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.ApiFrontend.Admin.Live;

/// <summary>Finds out which accounts changed their state between two looks at the pools. Not thread-safe.</summary>
/// <remarks>Only notable accounts are looked at: an account that is no longer notable is ready or disabled.</remarks>
internal sealed class AccountChanges
{
    private Dictionary<(string Pool, string Account), AccountState>? _before;

    /// <summary>What changed since the last look; nothing at the first.</summary>
    public IEnumerable<AccountChanged> Next(IReadOnlyCollection<PoolOverview> pools)
    {
        var now = pools
            .SelectMany(static pool => pool.Notable.Select(account => ((pool.Name, account.Name), account.State)))
            .ToDictionary(static one => one.Item1, static one => one.State);
        var before = _before;
        _before = now;
        return before is null ? [] : pools.SelectMany(pool => Of(pool, before, now)).ToArray();
    }

    private static IEnumerable<AccountChanged> Of(
        PoolOverview pool,
        Dictionary<(string Pool, string Account), AccountState> before,
        Dictionary<(string Pool, string Account), AccountState> now
    )
    {
        foreach (var account in pool.Notable)
        {
            var old = before.GetValueOrDefault((pool.Name, account.Name), AccountState.Ready);
            if (old != account.State)
            {
                yield return new(
                    pool.At,
                    pool.Name,
                    account.Name,
                    old.ToString(),
                    account.State.ToString(),
                    account.Reason?.ToString(),
                    account.Until
                );
            }
        }

        // Where the list is full, a missing account may be well again or only less notable than others.
        if (pool.Notable.Length == PoolOverview.MostNotable)
        {
            yield break;
        }

        foreach (var ((ofPool, account), state) in before)
        {
            if (ofPool == pool.Name && state != AccountState.Ready && !now.ContainsKey((ofPool, account)))
            {
                yield return new(pool.At, ofPool, account, state.ToString(), nameof(AccountState.Ready), null, null);
            }
        }
    }
}
