using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>A pool with one account, for the admin routes.</summary>
internal sealed class FakePool : ITokenPoolGrain
{
    public static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public List<string> Resets { get; } = [];

    public ValueTask<PoolSnapshot> GetSnapshot()
    {
        var window = new WindowSnapshot("requestsPerMinute", 20, 5, TimeSpan.FromSeconds(1.5));
        var account = new AccountSnapshot(
            "a1",
            AccountState.CoolingDown,
            At,
            FailureReason.RateLimited,
            TokenExpires: null,
            Weight: 1,
            Leases: 2,
            MaxConcurrent: 3,
            [window]
        );
        return ValueTask.FromResult(new PoolSnapshot("main", At, "least-loaded", BreakerOpen: false, Queued: 4, [account]));
    }

    public ValueTask<ImmutableArray<PoolDecision>> GetDecisions() =>
        ValueTask.FromResult<ImmutableArray<PoolDecision>>([
            new PoolDecision(At, "chatcmpl-2", "gpt-4-free", "a1", "affinity", []),
            new PoolDecision(At, "chatcmpl-1", "gpt-4-free", null, "all cooling down", ["a1: cooling down"]),
        ]);

    public async ValueTask<PoolOverview> GetOverview()
    {
        var pool = await GetSnapshot();
        var account = new NotableAccount("a1", AccountState.CoolingDown, At, FailureReason.RateLimited, null, IsBlamed: false, null);
        return new(pool.Name, At, pool.BreakerOpen, pool.Queued, Leases: 2, Accounts: 1, [0, 1, 0, 0, 0, 0, 0], [account]);
    }

    public async ValueTask<AccountPage> ListAccounts(AccountQuery query)
    {
        Queries.Add(query);
        return new((await GetSnapshot()).Accounts, 1, []);
    }

    public List<AccountQuery> Queries { get; } = [];

    public ValueTask<bool> ResetAccount(string account)
    {
        Resets.Add(account);
        return ValueTask.FromResult(account == "a1");
    }

    public ValueTask<AcquireResult> Acquire(AcquireRequest request) => throw new NotSupportedException();

    public ValueTask<AcquireResult> Await(Guid ticket, TimeSpan maxWait, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask Abandon(Guid ticket) => throw new NotSupportedException();

    public ValueTask<long?> TopUp(HeldLease lease, long upTo) => throw new NotSupportedException();

    public ValueTask Settle(Settlement settlement) => throw new NotSupportedException();

    public ValueTask<ImmutableArray<Guid>> Renew(ImmutableArray<HeldLease> leases) => throw new NotSupportedException();
}
