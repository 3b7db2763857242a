using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools;

namespace FlowGpt.Benchmarks.Micro;

/// <summary>The rules of the pool alone, without a grain: how a grant's cost grows with the accounts.</summary>
[MemoryDiagnoser]
public class PoolBenchmark
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly AcquireRequest _request = new("r", "key", "gpt-4-free", null, [], 100, 0, TimeSpan.Zero, "silo");
    private TokenPool _pool = null!;
    private ulong _lastId;

    /// <summary>Accounts of the pool.</summary>
    [Params(10, 100, 1000)]
    public int Accounts { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _pool = new TokenPool("bench", new PoolOptions(), _ => NextId());
        _pool.Restore(new(), DateTimeOffset.UnixEpoch);
        _pool.SetAccounts(new AccountSet(1, [.. Enumerable.Range(0, Accounts).Select(Account)]), static (_, _) => "", Now);
        _pool.FinishRecovery(Now);
    }

    [Benchmark]
    public void AcquireAndSettle()
    {
        if (_pool.Acquire(_request, Now) is not AcquireResult.Granted { Lease: var lease })
        {
            throw new InvalidOperationException("Not granted.");
        }

        _pool.Settle(new Settlement(lease.Id, true, 80, null, TimeSpan.Zero, lease.Account), Now);
        _pool.Events.Clear();
    }

    private static AccountDefinition Account(int number) =>
        new()
        {
            Name = $"a{number}",
            Fields = ImmutableDictionary<string, string>.Empty.Add("secret", $"token-{number}"),
            TokenHash = $"hash-{number}",
            Limits = new AccountLimits { MaxConcurrent = 100 },
        };

    private Guid NextId() => new(0, 0, 0, BitConverter.GetBytes(++_lastId));
}
