using System.Globalization;
using Orleans.Concurrency;

namespace FlowGpt.Grains.Interfaces.Usage;

/// <summary>
/// The roll-up of one UTC day over all ledgers: by hour and day, client key, model and account. Its answers are sums over what the ledgers
/// have on disk, at most about 1 s old. Key: <see cref="KeyOf"/>.
/// </summary>
[Alias("flowgpt.IUsageSummaryGrain")]
public interface IUsageSummaryGrain : IGrainWithStringKey
{
    /// <summary>
    /// Sums up. A pure read; interleaves. Its cost depends on the number of keys, models, accounts and hours, not on the number of requests.
    /// </summary>
    [Alias("query"), AlwaysInterleave]
    ValueTask<UsageDayAnswer> Query(UsageDayQuery query);

    /// <summary>The roll-up in which an instant is counted.</summary>
    static string KeyOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
