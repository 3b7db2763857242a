using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Pools.Leasing;

/// <summary>A lease that this silo holds.</summary>
#pragma warning disable CA1001 // A token source without a timer or a wait handle has nothing to dispose.
internal sealed class KeptLease(SiloLeases leases, string pool, Lease lease, LeasedTurn turn) : IHeldLease
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _lost = new();
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _tokens = lease.Tokens;
    private long _used;
    private long _answeredAt;
    private int _ended;
    private RateLimitReport? _told;

    public Lease Lease => lease;

    public string Pool => pool;

    public bool LimitsTokens => lease.LimitsTokens;

    public long Tokens => Volatile.Read(ref _tokens);

    public CancellationToken Lost => _lost.Token;

    public Task Settled => _settled.Task;

    public bool IsEnded => Volatile.Read(ref _ended) != 0;

    public void MarkAnswered(RateLimitReport? told = null)
    {
        _told ??= told;
        if (
            Interlocked.CompareExchange(ref _answeredAt, leases.Timestamp, 0) == 0
            && (lease.IsProbe || (told is not null && ToldLimits.IsUrgent(told)))
        )
        {
            leases.RenewNow(this);
        }
    }

    public async ValueTask<long> TryTopUpAsync(long used, long upTo)
    {
        Volatile.Write(ref _used, used);
        var total = await leases.TopUpAsync(this, Report(), upTo).ConfigureAwait(false);
        Volatile.Write(ref _tokens, Math.Max(total, Tokens));
        return Tokens;
    }

    public void Settle(bool sent, long? actualTokens, UpstreamFailure? failure, RateLimitReport? told = null)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            leases.Settle(this, new(lease.Id, sent, actualTokens, failure, null, lease.Account) { RateLimits = told ?? _told });
        }
    }

    /// <summary>As it stands now.</summary>
    public HeldLease Report() =>
        new(lease.Id, lease.Account, leases.HolderSilo, Tokens, AnsweredAgo)
        {
            Used = Volatile.Read(ref _used),
            Turn = turn,
            RateLimits = _told,
        };

    /// <summary>How long ago the upstream began to answer.</summary>
    public TimeSpan? AnsweredAgo => Volatile.Read(ref _answeredAt) is var at && at != 0 ? leases.Since(at) : null;

    public void Lose()
    {
        if (!IsEnded)
        {
            // Callbacks of the call that is being cancelled must not hold up the leases.
            _ = _lost.CancelAsync();
        }
    }

    public void Acknowledge() => _settled.TrySetResult();
}
