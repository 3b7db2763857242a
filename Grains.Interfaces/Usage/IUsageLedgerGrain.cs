namespace FlowGpt.Grains.Interfaces.Usage;

/// <summary>Totals of one client key in one UTC hour. Key: <see cref="KeyOf"/>.</summary>
[Alias("flowgpt.IUsageLedgerGrain")]
public interface IUsageLedgerGrain : IGrainWithStringKey
{
    /// <summary>
    /// Books an event, once however often it is delivered. Returns when it is durable; writes are group-committed,
    /// at most one per 100 ms, so a caller that serves a stream does not wait for it there.
    /// </summary>
    [Alias("record"), Orleans.Concurrency.AlwaysInterleave]
    ValueTask Record(UsageEvent usage);

    /// <summary>The totals so far.</summary>
    [Alias("totals")]
    ValueTask<UsageTotals> GetTotals();

    /// <summary>The ledger in which an event is booked: its client key and the UTC hour of its own timestamp.</summary>
    static string KeyOf(string clientKeyId, DateTimeOffset at) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{clientKeyId}/{at.UtcDateTime:yyyyMMddHH}");
}
