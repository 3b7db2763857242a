using System.Collections.Immutable;
using System.Globalization;
using Orleans.Concurrency;

namespace FlowGpt.Grains.Interfaces.Usage;

/// <summary>What one client key used in one UTC hour, by model and account. Key: <see cref="KeyOf"/>.</summary>
[Alias("flowgpt.IUsageLedgerGrain")]
public interface IUsageLedgerGrain : IGrainWithStringKey
{
    /// <summary>
    /// Books an event, once however often it is delivered. Returns when it is durable; writes are group-committed,
    /// at most one per 100 ms, so a caller that serves a stream does not wait for it there. Fails when the write failed or
    /// its outcome is unknown: deliver again.
    /// </summary>
    [Alias("record"), AlwaysInterleave]
    ValueTask Record(UsageEvent usage);

    /// <summary>Books several events of this ledger, as <see cref="Record"/> does each.</summary>
    [Alias("record-all"), AlwaysInterleave]
    ValueTask RecordAll(ImmutableArray<UsageEvent> events);

    /// <summary>
    /// Books those of the events that are not booked, for a caller that cannot know that because their silo died. An event so old that
    /// its id may have been forgotten is left out, since booking it could count it twice. Returns when it is durable.
    /// </summary>
    [Alias("record-missed"), AlwaysInterleave]
    ValueTask RecordMissed(ImmutableArray<UsageEvent> events);

    /// <summary>
    /// Notes that booked events are in no outbox any more, so that their ids need not be kept. Idempotent; returns at once and is durable
    /// with the ledger's next write. Should it be lost, the ids are kept, no more.
    /// </summary>
    [Alias("release"), AlwaysInterleave]
    ValueTask Release(ImmutableArray<string> responseIds);

    /// <summary>The totals so far, as far as they are durable.</summary>
    [Alias("totals")]
    ValueTask<UsageTotals> GetTotals();

    /// <summary>The ledger in which an event is booked: its client key and the UTC hour in which its request was accepted.</summary>
    static string KeyOf(string clientKeyId, DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"{clientKeyId}/{at.UtcDateTime:yyyyMMddHH}");
}
