using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Keys.Limits;
using FlowGpt.Grains.Reservations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FlowGpt.Grains.Keys;

/// <summary>Adapts <see cref="KeyMeter"/>: identity, clock, storage, membership.</summary>
/// <remarks>
/// Reentrant on purpose: every change of the meter happens in one synchronous stretch, and no method relies on its state across an await.
/// So a write to storage, or the question who runs what, never keeps other calls waiting that need neither.
/// </remarks>
[GrainType("api-key-use"), Reentrant]
internal sealed partial class ApiKeyUseGrain : Grain, IApiKeyUseGrain
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    private readonly IPersistentState<KeyUseRecord> _stored;
    private readonly IClusterMembershipService _membership;
    private readonly IKeyReportClient _silos;
    private readonly ILogger<ApiKeyUseGrain> _logger;
    private readonly TimeProvider _time;
    private readonly ReservationClock _clock;
    private readonly KeyMeter _meter;

    public ApiKeyUseGrain(
        [PersistentState("api-key-use")] IPersistentState<KeyUseRecord> stored,
        IOptions<KeyUseOptions> options,
        IClusterMembershipService membership,
        IKeyReportClient silos,
        TimeProvider time,
        ILogger<ApiKeyUseGrain> logger
    )
    {
        _stored = stored;
        _membership = membership;
        _silos = silos;
        _time = time;
        _logger = logger;
        _clock = new ReservationClock(time);
        _meter = new KeyMeter(options.Value);
    }

    /// <summary>The meter's time; the meter is given the wall clock's time.</summary>
    private DateTimeOffset Now
    {
        get
        {
            _meter.Calendar.Ahead = _clock.WallAhead;
            return _clock.Now;
        }
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _meter.Restore(_stored.State, Now);
        this.RegisterGrainTimer(
            static (grain, _) => grain.Tick(),
            this,
            new()
            {
                DueTime = TickPeriod,
                Period = TickPeriod,
                Interleave = true,
            }
        );
        return Task.CompletedTask;
    }

    public async ValueTask<KeyReserveResult> Reserve(KeyReserveRequest request)
    {
        var began = _time.GetTimestamp();
        if (request.Terms.Limits.MaxConcurrentRequests is not null && !await IsRecovered())
        {
            return Unavailable();
        }

        var waits = _meter.IsWaiting(request.RequestId);
        while (!_closed)
        {
            var result = _meter.Reserve(request, Now);
            var write = WriteIfWanted();
            WakeFirst();
            if (result is KeyReserveResult.Waiting)
            {
                // A caller that has just got its place goes on meanwhile; it asks again, and waits here then.
                if (!waits || !await HasTurn(request, began))
                {
                    return result;
                }

                if (!_closed && !_meter.IsWaiting(request.RequestId))
                {
                    // It has left meanwhile, and must not come back.
                    return Unavailable();
                }
            }
            else if (result is not null)
            {
                return result;
            }
            else if (_time.GetElapsedTime(began) > LongestWait || !await write)
            {
                break;
            }
        }

        return Unavailable();
    }

    public async ValueTask<long?> TopUp(KeyTopUp topUp)
    {
        var began = _time.GetTimestamp();
        while (!_closed && _time.GetElapsedTime(began) < LongestWait)
        {
            var total = _meter.TopUp(topUp, Now);
            var write = WriteIfWanted();
            if (total is not null || !await write)
            {
                return total;
            }
        }

        return null;
    }

    public ValueTask Settle(KeySettlement settlement)
    {
        _meter.Settle(settlement, Now);
        Wake(settlement.RequestId);
        WakeFirst();
        return default;
    }

    public ValueTask<KeyUse> GetUse() => new(_meter.Use(Now));

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _closed = true;
        WakeAll();
        await _write;
        if (!_fenced && _meter.HasChanged)
        {
            await Save(_meter.BeginWrite(Now, last: true), cancellationToken);
        }
    }

    private static KeyReserveResult.Refused Unavailable() => new(KeyRefusal.Unavailable, 0, 0, 0, TickPeriod, null);

    private Task Tick()
    {
        var now = Now;
        _meter.Expire(now);
        EndRequestsOfDeadSilos();
        WakeFirst();
        _ = WriteIfWanted();
        return Task.CompletedTask;
    }
}
