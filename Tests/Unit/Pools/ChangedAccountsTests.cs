using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools;
using FlowGpt.Tests.Unit.Pools.World;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Pools;

/// <summary>A definition that is the same object as before is passed over: the pool is then what it is when it looks at all definitions.</summary>
public sealed class ChangedAccountsTests
{
    private readonly List<Lease> _leases = [];
    private readonly List<AccountDefinition> _removed = [];
    private DateTimeOffset _now = PoolWorld.Start;
    private int _requests;

    [Property(MaxTest = 60)]
    public void SetAccounts_SameObjects_IsAsWithCopies(int seed, bool isLarge)
    {
        // All runs of the property share one object.
        _leases.Clear();
        _removed.Clear();
        (_now, _requests) = (PoolWorld.Start, 0);
        var random = new Random(seed);
        var same = NewPool(isLarge);
        var copied = NewPool(isLarge);
        var next = 0;
        List<AccountDefinition> definitions = [.. Enumerable.Range(0, random.Next(12)).Select(_ => NewAccount(random, next++))];
        for (var round = 0; round < 25; round++)
        {
            Edit(random, definitions, ref next);
            same.SetAccounts(new(round, [.. definitions]), static (_, field) => $"made {field}", _now);
            copied.SetAccounts(new(round, [.. definitions.Select(static one => one with { })]), static (_, field) => $"made {field}", _now);
            Compare(same, copied);
            for (var request = random.Next(6); request > 0; request--)
            {
                Use(random, same, copied);
            }

            _now += TimeSpan.FromSeconds(random.Next(30));
            same.Tick(_now);
            copied.Tick(_now);
            Compare(same, copied);
        }
    }

    private static TokenPool NewPool(bool isLarge)
    {
        var number = 0;
        var pool = new TokenPool("pool", new(), _ => new Guid(++number, 0, 0, new byte[8]), isLarge ? 2 : TokenPool.LargeFrom);
        pool.Restore(new(), PoolWorld.Start);
        pool.FinishRecovery(PoolWorld.Start);
        return pool;
    }

    private void Use(Random random, TokenPool same, TokenPool copied)
    {
        var request = new AcquireRequest($"r{_requests++}", "k", "m", null, [], random.Next(200), 100, TimeSpan.Zero, "silo");
        var results = (One: same.Acquire(request, _now), Two: copied.Acquire(request, _now));
        Write(same);
        Write(copied);
        var granted = (results.One as AcquireResult.Granted, results.Two as AcquireResult.Granted);
        Assert.Equal(granted.Item1?.Lease.Account, granted.Item2?.Lease.Account);
        if (granted.Item1 is { Lease: var lease })
        {
            _leases.Add(lease);
        }

        if (_leases.Count > 0 && random.Next(2) == 0)
        {
            var ended = _leases[random.Next(_leases.Count)];
            _leases.Remove(ended);
            var failure = random.Next(4) == 0 ? PoolDriver.RateLimited(random.Next(40)) : null;
            var settlement = new Settlement(
                ended.Id,
                true,
                random.Next(300),
                failure,
                failure is null ? TimeSpan.Zero : null,
                ended.Account
            );
            same.Settle(settlement, _now);
            copied.Settle(settlement, _now);
        }
    }

    private void Compare(TokenPool same, TokenPool copied)
    {
        var (one, two) = (same.Snapshot(_now).Accounts, copied.Snapshot(_now).Accounts);
        Assert.Equal(one.Select(Told), two.Select(Told));
        Assert.Equal(same.Queued, copied.Queued);
        Assert.All(
            one,
            account => Assert.Equal(Told(account), Told(Assert.Single(same.List(AccountQuery.One(account.Name), _now).Accounts)))
        );
        Assert.Equal(
            one.Skip(2).Take(3).Select(Told),
            same.List(new(null, null, AccountSort.Configured, false, 2, 3), _now).Accounts.Select(Told)
        );
    }

    private static string Told(AccountSnapshot account) =>
        $"{account.Name} {account.State} {account.Weight} {account.Leases} {account.TokenFingerprint} "
        + string.Join(' ', account.Windows.Select(static window => $"{window.Limit} {window.Used}"));

    private void Edit(Random random, List<AccountDefinition> definitions, ref int next)
    {
        for (var change = random.Next(4); change > 0; change--)
        {
            var at = random.Next(definitions.Count + 1);
            if (at == definitions.Count || random.Next(4) == 0)
            {
                // New, or back again.
                var back = _removed.Count > 0 && random.Next(2) == 0 ? _removed[^1] : null;
                _removed.Remove(back!);
                definitions.Insert(at, back ?? NewAccount(random, next++));
                continue;
            }

            switch (random.Next(6))
            {
                case 0:
                    _removed.Add(definitions[at]);
                    definitions.RemoveAt(at);
                    break;
                case 1:
                    definitions[at] = definitions[at] with { Name = $"renamed{next++}" };
                    break;
                case 2:
                    definitions[at] = definitions[at] with { TokenHash = TokenHash.Of($"token {next++}") };
                    break;
                case 3 when at > 0:
                    (definitions[at - 1], definitions[at]) = (definitions[at], definitions[at - 1]);
                    break;
                case 4 when at > 0:
                    // Two accounts exchange their tokens.
                    var (one, two) = (definitions[at - 1], definitions[at]);
                    definitions[at - 1] = one with { TokenHash = two.TokenHash };
                    definitions[at] = two with { TokenHash = one.TokenHash };
                    break;
                default:
                    definitions[at] = NewAccount(random, 0) with { Name = definitions[at].Name, TokenHash = definitions[at].TokenHash };
                    break;
            }
        }
    }

    private static AccountDefinition NewAccount(Random random, int number) =>
        PoolWorld.Account(
            $"a{number}",
            new AccountLimits
            {
                RequestsPerMinute = random.Next(2) == 0 ? 1 + random.Next(5) : null,
                TokensPerMinute = random.Next(3) == 0 ? 500 + random.Next(3000) : null,
                MaxConcurrent = random.Next(2) == 0 ? 1 + random.Next(3) : null,
            }
        ) with
        {
            Weight = 1 + random.Next(4),
            Enabled = random.Next(6) > 0,
            Generated = random.Next(4) == 0 ? ["made"] : [],
        };

    private void Write(TokenPool pool)
    {
        while (pool.WriteWanted(_now))
        {
            pool.BeginWrite(_now);
            pool.EndWrite(true, _now);
        }

        pool.Events.Clear();
        pool.Completed.Clear();
    }
}
