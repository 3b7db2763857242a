using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools.Health;

namespace FlowGpt.Grains.Pools;

internal sealed partial class TokenPool
{
    private static readonly TimeSpan ExpiresSoon = TimeSpan.FromDays(7);
    private static readonly int StateCount = Enum.GetValues<AccountState>().Length;

    /// <summary>The pool in a few figures.</summary>
    public PoolOverview Overview(DateTimeOffset now)
    {
        var states = new int[StateCount];
        var leases = 0;
        var notable = new List<(int Rank, NotableAccount Account)>();
        foreach (var account in _accounts)
        {
            var state = account.State(now);
            states[(int)state]++;
            leases += account.Leases;
            if (RankOf(account, state, now) is { } rank)
            {
                notable.Add((rank, Notable(account, state, now)));
            }
        }

        return new(
            Name,
            now,
            _breaker.State != BreakerState.Closed,
            _queue.Count,
            leases,
            _accounts.Length,
            [.. states],
            [
                .. notable
                    .OrderBy(static one => one.Rank)
                    .ThenBy(static one => one.Account.Name, StringComparer.Ordinal)
                    .Take(PoolOverview.MostNotable)
                    .Select(static one => one.Account),
            ]
        );
    }

    /// <summary>Some accounts, and how many match in all.</summary>
    public (ImmutableArray<AccountSnapshot> Accounts, int Total) List(AccountQuery query, DateTimeOffset now)
    {
        if (query.Name is { } name)
        {
            return _byName.TryGetValue(name, out var one) ? ([Snapshot(one, now)], 1) : ([], 0);
        }

        if (query is { Search: null, State: null, Sort: AccountSort.Configured, Descending: false })
        {
            return ([.. _accounts.Skip(query.Skip).Take(query.Limit).Select(account => Snapshot(account, now))], _accounts.Length);
        }

        var matching = _accounts
            .Where(account =>
                (query.Search is null || account.Name.Contains(query.Search, StringComparison.OrdinalIgnoreCase))
                && (query.State is null || account.State(now) == query.State)
            )
            .ToArray();
        var sorted = Sort(matching, query, now);
        return ([.. sorted.Skip(query.Skip).Take(query.Limit).Select(account => Snapshot(account, now))], matching.Length);
    }

    private static IEnumerable<PoolAccount> Sort(PoolAccount[] accounts, AccountQuery query, DateTimeOffset now)
    {
        Func<PoolAccount, double> key = query.Sort switch
        {
            AccountSort.State => account => (int)account.State(now),
            AccountSort.Leases => static account => account.Leases,
            AccountSort.Headroom => account => account.Headroom(now),
            AccountSort.Expires => static account => (account.Definition.TokenExpires ?? DateTimeOffset.MaxValue).ToUnixTimeSeconds(),
            AccountSort.Name => static _ => 0,
            _ => static account => account.Index,
        };
        return query.Descending
            ? accounts.OrderByDescending(key).ThenByDescending(static account => account.Name, StringComparer.Ordinal)
            : accounts.OrderBy(key).ThenBy(static account => account.Name, StringComparer.Ordinal);
    }

    /// <summary>How bad an account's state is, less is worse; null when there is nothing to look at.</summary>
    private static int? RankOf(PoolAccount account, AccountState state, DateTimeOffset now) =>
        state switch
        {
            AccountState.Disabled => null,
            AccountState.Sealed => 0,
            AccountState.Expired => 1,
            AccountState.Refused => 2,
            AccountState.CoolingDown => 4,
            AccountState.Draining => 6,
            _ => account.Definition.TokenExpires - now < ExpiresSoon ? 3
            : account.Health.Marks.IsEmpty ? null
            : 5,
        };

    private static NotableAccount Notable(PoolAccount account, AccountState state, DateTimeOffset now) =>
        new(
            account.Name,
            state,
            account.Health.WholeAgainAt > now ? account.Health.WholeAgainAt : null,
            account.Health.CoolingDownFor(now),
            account.Definition.TokenExpires - now < ExpiresSoon ? account.Definition.TokenExpires : null,
            !account.Health.Marks.IsEmpty,
            account.Health.Marks.LongestOut()?.SecondOpinionBy
        );
}
