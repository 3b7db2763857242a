using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.Grains.Pools;

/// <summary>The pools' metrics on this silo. Account names are tags: operators chose them and they hold no secret.</summary>
internal sealed class PoolInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "FlowGpt.Pool";

    private readonly ConcurrentDictionary<string, PoolGauges> _pools = new();
    private readonly Counter<long> _acquires;
    private readonly Counter<long> _coolDowns;
    private readonly Counter<long> _reclaimed;

    public PoolInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _acquires = meter.CreateCounter<long>("flowgpt.pool.acquires", "{request}", "Requests for an account, by result.");
        _coolDowns = meter.CreateCounter<long>(
            "flowgpt.pool.cooldowns",
            "{event}",
            "Times an account was taken out, by account and reason."
        );
        _reclaimed = meter.CreateCounter<long>("flowgpt.pool.leases.reclaimed", "{lease}", "Leases that ended without being settled.");
        meter.CreateObservableGauge("flowgpt.pool.queue.length", () => Read(gauges => gauges.Queued), "{request}", "Requests that wait.");
        meter.CreateObservableGauge("flowgpt.pool.leases", () => Read(gauges => gauges.Leases), "{lease}", "Calls in flight.");
        meter.CreateObservableGauge(
            "flowgpt.pool.breaker",
            () => Read(gauges => gauges.Breaker),
            description: "0 closed, 1 open, 2 half open."
        );
    }

    /// <summary>The gauges of an active pool; call <see cref="Remove"/> when it leaves this silo.</summary>
    public PoolGauges Add(string pool) => _pools.GetOrAdd(pool, static _ => new());

    public void Remove(string pool) => _pools.TryRemove(pool, out _);

    public void Acquired(string pool, AcquireResult result) =>
        _acquires.Add(1, new("pool", pool), new KeyValuePair<string, object?>("result", NameOf(result)));

    public void CoolDown(string account, string reason) =>
        _coolDowns.Add(1, new("account", account), new KeyValuePair<string, object?>("reason", reason));

    public void Reclaimed(string account) => _reclaimed.Add(1, new KeyValuePair<string, object?>("account", account));

    private static string NameOf(AcquireResult result) =>
        result switch
        {
            AcquireResult.Granted => "granted",
            AcquireResult.Queued => "queued",
            AcquireResult.Rejected { Reason: RejectReason.NoAccountInTime } => "no_account_in_time",
            AcquireResult.Rejected { Reason: RejectReason.QueueFull } => "queue_full",
            AcquireResult.Rejected { Reason: RejectReason.NoUsableAccount } => "no_usable_account",
            AcquireResult.Rejected { Reason: RejectReason.LargerThanAnyLimit } => "larger_than_any_limit",
            AcquireResult.Rejected { Reason: RejectReason.BreakerOpen } => "breaker_open",
            AcquireResult.Rejected { Reason: RejectReason.Convicted } => "convicted",
            AcquireResult.Rejected { Reason: RejectReason.NobodyToBlame } => "nobody_to_blame",
            AcquireResult.Rejected { Reason: RejectReason.TooManyConvictions } => "too_many_convictions",
            AcquireResult.Rejected { Reason: RejectReason.OpinionGiven } => "opinion_given",
            _ => "unknown_ticket",
        };

    private IEnumerable<Measurement<int>> Read(Func<PoolGauges, int> read)
    {
        foreach (var (pool, gauges) in _pools)
        {
            yield return new(read(gauges), new KeyValuePair<string, object?>("pool", pool));
        }
    }
}
