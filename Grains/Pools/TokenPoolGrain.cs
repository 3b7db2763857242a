using System.Collections.Immutable;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Isolation;
using FlowGpt.Grains.Pools.Leasing;
using FlowGpt.Grains.Pools.Pages;
using FlowGpt.Grains.Records;
using FlowGpt.Grains.Reservations;
using FlowGpt.Grains.Secrets;
using FlowGpt.Grains.Timing;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Storage;

namespace FlowGpt.Grains.Pools;

/// <summary>
/// Adapts <see cref="TokenPool"/>: identity, clock, timers, storage, membership.
/// </summary>
/// <remarks>
/// Reentrant on purpose: every change of the pool happens in one synchronous stretch, and no method relies on the pool's state across an
/// await. So a storage write, a recovery or a long poll never keeps other calls waiting.
/// </remarks>
[GrainType("token-pool"), Reentrant]
internal sealed partial class TokenPoolGrain : Grain, ITokenPoolGrain
{
    private const int TopUpAttempts = 3;
    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(1);

    private readonly IPersistentState<PoolRecord> _state;
    private readonly IGrainStorage _storage;
    private readonly IPersistentState<PoolAccountsRecord> _kept;
    private readonly AccountSecrets _secrets;
    private readonly CredentialSeal _seal;
    private readonly RecordCap _cap;
    private readonly PoolOptions _options;
    private readonly IAccountSource _source;
    private readonly ProviderKinds _kinds;
    private readonly IClusterMembershipService _membership;
    private readonly ILeaseReportClient _holders;
    private readonly PoolInstruments _instruments;
    private readonly IUsageRecorder _usage;
    private readonly SiloContact _contact;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<TokenPoolGrain> _logger;
    private readonly ReservationClock _clock;
    private readonly TimeProvider _time;
    private PoolStore _store = null!;
    private TokenPool _pool = null!;
    private PoolGauges _gauges = null!;
    private string _name = "";
    private ImmutableArray<HiddenAccount> _hidden = [];
    private HashSet<(string Account, string Problem)> _told = [];

    public TokenPoolGrain(
        [PersistentState("pool", "Default")] IPersistentState<PoolRecord> state,
        [PersistentState("accounts", "Default")] IPersistentState<PoolAccountsRecord> kept,
        [FromKeyedServices("Default")] IGrainStorage storage,
        IOptions<PoolOptions> options,
        IAccountSource source,
        ProviderKinds kinds,
        ISecretVault vault,
        CredentialSeal seal,
        RecordCap cap,
        IClusterMembershipService membership,
        ILeaseReportClient holders,
        PoolInstruments instruments,
        IUsageRecorder usage,
        SiloContact contact,
        IHostApplicationLifetime lifetime,
        TimeProvider time,
        ILogger<TokenPoolGrain> logger
    )
    {
        _state = state;
        _storage = storage;
        _kept = kept;
        _secrets = new(vault);
        _seal = seal;
        _cap = cap;
        _options = options.Value;
        _source = source;
        _kinds = kinds;
        _membership = membership;
        _holders = holders;
        _instruments = instruments;
        _usage = usage;
        _contact = contact;
        _lifetime = lifetime;
        _logger = logger;
        _time = time;
        _clock = new(time);
    }

    /// <summary>The pool's time; the pool is given the wall clock's time.</summary>
    private DateTimeOffset Now
    {
        get
        {
            _pool.Calendar.Ahead = _clock.WallAhead;
            return _clock.Now;
        }
    }

    public async ValueTask<AcquireResult> Acquire(AcquireRequest request)
    {
        if (_contact.IsLost)
        {
            return NoGrant;
        }

        var now = Now;
        var result = _pool.Acquire(request, now);
        Settled(now);
        if (result is AcquireResult.Queued queued && (!_write.IsCompleted || _pool.Recovering || _pool.BeginsArrivals))
        {
            // Most likely the grant waits for the pool itself, which takes a moment: a short wait here saves the caller a second call. A request that would not queue
            // makes none, so it waits here for as long as it waits at all.
            var wait = request.MaxWait < TokenPool.LeastWait ? TokenPool.LeastWait : OwnMoment;
            result = await Wait(queued.Ticket, wait, CancellationToken.None);
        }

        _instruments.Acquired(_name, result);
        return Sealed(result);
    }

    public ValueTask Abandon(Guid ticket)
    {
        var now = Now;
        _pool.Abandon(ticket, now);
        Settled(now);
        return default;
    }

    public ValueTask Settle(Settlement settlement)
    {
        var now = Now;
        _pool.Settle(settlement, now);
        Settled(now);
        return default;
    }

    public async ValueTask<long?> TopUp(HeldLease lease, long upTo)
    {
        for (var attempt = 0; attempt < TopUpAttempts && !_contact.IsLost; attempt++)
        {
            var now = Now;
            var total = _pool.TopUp(lease, upTo, now);
            Settled(now);
            if (total is not null || _fenced || _deactivated)
            {
                return total;
            }

            await _write
                .WaitAsync(ClusterTiming.Poll, _time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        return null;
    }

    public ValueTask<ImmutableArray<Guid>> Renew(ImmutableArray<HeldLease> leases)
    {
        var now = Now;
        var lost = _pool.Renew(leases, now);
        Settled(now);
        return new(lost);
    }

    public ValueTask<PoolSnapshot> GetSnapshot() => new(_pool.Snapshot(Now) with { Hidden = HiddenLines });

    public ValueTask<PoolOverview> GetOverview() => new(_pool.Overview(Now));

    public ValueTask<AccountPage> ListAccounts(AccountQuery query)
    {
        var (accounts, total) = _pool.List(query, Now);
        return new(new AccountPage(accounts, total, HiddenLines) { Queued = _pool.Queued });
    }

    public ValueTask<ImmutableArray<PoolDecision>> GetDecisions() => new(_pool.Decisions);

    public ValueTask<bool> ResetAccount(string account)
    {
        var now = Now;
        var found = _pool.Reset(account, now);
        Settled(now);
        return new(found);
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _name = this.GetPrimaryKeyString();
        _store = new(_state, _storage, _name, Guid.CreateVersion7(_time.GetUtcNow()).ToString("N"), _logger);
        _pool = new TokenPool(_name, _options, Guid.CreateVersion7) { AwaitsArrivals = true };
        _pool.Restore(await _store.LoadAsync(), Now);
        _gauges = _instruments.Add(_name);
        _wake = this.RegisterGrainTimer(
            static (grain, _) => grain.Wake(),
            this,
            new()
            {
                DueTime = Timeout.InfiniteTimeSpan,
                Period = Timeout.InfiniteTimeSpan,
                Interleave = true,
            }
        );
        this.RegisterGrainTimer(
            static (grain, _) => grain.Tick(),
            this,
            new()
            {
                DueTime = TickPeriod,
                Period = TickPeriod,
                Interleave = true,
                KeepAlive = true,
            }
        );
        _stopping = _lifetime.ApplicationStopping.Register(static grain => ((TokenPoolGrain)grain!).ReleaseWaiters(), this);
        var now = Now;
        ReadAccounts(now);
        _recovery = Recover();
        Settled(now);
        _ = FollowSource();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _stopping.Dispose();
        _deactivated = true;
        _left.TrySetResult();
        _pool.Stop();
        await Task.WhenAll(_write, _recovery);
        await SaveLast();
        await _keptAgain;
        await TryKeepAgain();
        _instruments.Remove(_name);
    }

    private ImmutableArray<string> HiddenLines => [.. _hidden.Take(MostTold).Select(static one => $"{one.Name}: {one.Problem}")];

    /// <summary>After every change: answers the callers that wait for it, reports it, writes what must be written.</summary>
    private void Settled(DateTimeOffset now)
    {
        ReleaseCompleted();
        ReleaseDrained();
        Tell();
        _gauges.Show(_pool);
        WriteIfWanted(now);
        ArmWake(now);
    }

    private Task Wake()
    {
        _armed = DateTimeOffset.MaxValue;
        var now = Now;
        _pool.Tick(now);
        ReleaseDue(now);
        Settled(now);
        return Task.CompletedTask;
    }

    private Task Tick()
    {
        var now = Now;
        FreeLeasesOfDeadSilos(now);
        KeepAgain();
        ReadAccounts(now);
        _pool.Tick(now);
        ReleaseDue(now);
        Settled(now);
        return Task.CompletedTask;
    }
}
