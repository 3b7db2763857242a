using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Secrets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Pools.Leasing;

/// <summary>This silo's leases: renews, settles, reports them.</summary>
internal sealed partial class SiloLeases : ISiloLeases, ILifecycleParticipant<ISiloLifecycle>
{
    private const int SettleAttempts = 8;
    private const int TopUpAttempts = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<Guid, KeptLease> _leases = new();
    private readonly ConcurrentDictionary<string, StrongBox<int>> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ITokenPoolGrain> _pools = new(StringComparer.Ordinal);
    private readonly IGrainFactory _grains;
    private readonly CredentialSeal _seal;
    private readonly TimeProvider _time;
    private readonly TimeSpan _period;
    private readonly ILogger<SiloLeases> _logger;

    public SiloLeases(
        IGrainFactory grains,
        CredentialSeal seal,
        ILocalSiloDetails silo,
        TimeProvider time,
        IOptions<PoolOptions> options,
        ILogger<SiloLeases> logger
    )
    {
        _grains = grains;
        _seal = seal;
        _time = time;
        _logger = logger;
        _period = options.Value.LeaseTtl / 3;
        HolderSilo = silo.SiloAddress.ToParsableString();
    }

    public string HolderSilo { get; }

    public long Timestamp => _time.GetTimestamp() is var now && now != 0 ? now : 1;

    public IHeldLease Hold(string pool, Lease lease, LeasedTurn turn)
    {
        var kept = new KeptLease(this, pool, lease, turn);
        _leases[lease.Id] = kept;
        Interlocked.Increment(ref CountBox(pool).Value);
        return kept;
    }

    public UpstreamCredential CredentialOf(Lease lease) => _seal.Open(lease.Credential);

    public int CountOf(string pool) => _counts.TryGetValue(pool, out var count) ? Volatile.Read(ref count.Value) : 0;

    public TimeSpan Since(long timestamp) => _time.GetElapsedTime(timestamp);

    /// <summary>The leases of a pool that are held here.</summary>
    public ImmutableArray<HeldLease> Report(string pool)
    {
        var held = ImmutableArray.CreateBuilder<HeldLease>();
        foreach (var (_, lease) in _leases)
        {
            if (lease.Pool == pool && !lease.IsEnded)
            {
                held.Add(lease.Report());
            }
        }

        return held.ToImmutable();
    }

    /// <summary>Renews one lease now, so that the pool learns that its call is answered.</summary>
    public void RenewNow(KeptLease lease) => _ = Renew(lease.Pool, [lease.Report()]);

    /// <summary>Reports to the pool, in the background, how a lease ended.</summary>
    public void Settle(KeptLease lease, Settlement settlement)
    {
        if (_leases.TryRemove(lease.Lease.Id, out _))
        {
            Interlocked.Decrement(ref CountBox(lease.Pool).Value);
        }

        _ = Tell(lease, settlement);
    }

    /// <summary>Renews from before the silo takes calls until after its grains are gone: leases outlive the beginning of a shutdown.</summary>
    public void Participate(ISiloLifecycle lifecycle)
    {
        var stopping = new CancellationTokenSource();
        var loop = Task.CompletedTask;
        lifecycle.Subscribe(
            nameof(SiloLeases),
            ServiceLifecycleStage.RuntimeGrainServices,
            _ =>
            {
                loop = RenewAll(stopping.Token);
                return Task.CompletedTask;
            },
            async _ =>
            {
                await stopping.CancelAsync();
                await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                stopping.Dispose();
            }
        );
    }

    private async Task RenewAll(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(_period, _time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            // Not awaited: a pool that does not answer must not delay the renewal of other pools' leases.
            foreach (var pool in _leases.Values.Select(static lease => lease.Pool).Distinct())
            {
                _ = Renew(pool, Report(pool));
            }
        }
    }

    private async Task Renew(string pool, ImmutableArray<HeldLease> held)
    {
        try
        {
            foreach (var lost in await PoolOf(pool).Renew(held).ConfigureAwait(false))
            {
                if (_leases.TryRemove(lost, out var lease))
                {
                    Interlocked.Decrement(ref CountBox(pool).Value);
                    LogLost(pool, lease.Lease.Account);
                    lease.Lose();
                }
            }
        }
#pragma warning disable CA1031 // The pool is unreachable for some reason: the next round tries again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogRenewFailed(exception, pool);
        }
    }

    /// <summary>Asks the pool for more tokens, for as long as it is unreachable a few times.</summary>
    public async Task<long> TopUpAsync(KeptLease lease, HeldLease held, long upTo)
    {
        for (var attempt = 1; !lease.IsEnded; attempt++)
        {
            try
            {
                if (await PoolOf(lease.Pool).TopUp(held, upTo).ConfigureAwait(false) is { } total)
                {
                    return total;
                }
            }
#pragma warning disable CA1031 // The pool is unreachable for some reason; a top-up may be asked for twice without harm.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogTopUpFailed(exception, lease.Pool, attempt);
            }

            if (attempt == TopUpAttempts)
            {
                break;
            }

            await Task.Delay(FirstPause * Math.Pow(2, attempt - 1), _time).ConfigureAwait(false);
        }

        return held.Tokens;
    }

    private async Task Tell(KeptLease lease, Settlement settlement)
    {
        for (var attempt = 1; attempt <= SettleAttempts; attempt++)
        {
            try
            {
                await PoolOf(lease.Pool).Settle(settlement with { AnsweredAgo = lease.AnsweredAgo }).ConfigureAwait(false);
                break;
            }
#pragma warning disable CA1031 // The pool is unreachable for some reason; it takes settlements twice without harm.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogSettleFailed(exception, lease.Pool, attempt);
                if (attempt < SettleAttempts)
                {
                    await Task.Delay(FirstPause * Math.Pow(2, attempt - 1), _time).ConfigureAwait(false);
                }
            }
        }

        lease.Acknowledge();
    }

    private StrongBox<int> CountBox(string pool) => _counts.GetOrAdd(pool, static _ => new StrongBox<int>());

    // Kept, since Orleans finds the interface's name by reflection each time that it makes a reference.
    private ITokenPoolGrain PoolOf(string pool) =>
        _pools.GetOrAdd(pool, static (name, grains) => grains.GetGrain<ITokenPoolGrain>(name), _grains);

    [LoggerMessage(
        EventId = 2101,
        Level = LogLevel.Warning,
        Message = "Pool {Pool} gave up a lease of account {Account}; its call is cancelled"
    )]
    private partial void LogLost(string pool, string account);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Warning, Message = "Leases of pool {Pool} could not be renewed; trying again")]
    private partial void LogRenewFailed(Exception exception, string pool);

    [LoggerMessage(
        EventId = 2104,
        Level = LogLevel.Warning,
        Message = "Pool {Pool} could not be asked for more tokens of a reply, attempt {Attempt}"
    )]
    private partial void LogTopUpFailed(Exception exception, string pool, int attempt);

    [LoggerMessage(EventId = 2103, Level = LogLevel.Warning, Message = "Pool {Pool} could not be told of a settlement, attempt {Attempt}")]
    private partial void LogSettleFailed(Exception exception, string pool, int attempt);
}
