using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>What was asked, checked.</summary>
/// <param name="Start">First hour that counts.</param>
/// <param name="End">First hour that does not count any more.</param>
/// <param name="Width">How long the buckets are; null for a single bucket over the whole time.</param>
/// <param name="Grouping">What a bucket is split by.</param>
/// <param name="ClientKeyIds">The only client keys that count; empty for all.</param>
/// <param name="Models">The only models that count; empty for all.</param>
/// <param name="Accounts">The only accounts that count; empty for all.</param>
/// <param name="Limit">Most buckets of an answer.</param>
internal sealed record UsageQuestion(
    DateTimeOffset Start,
    DateTimeOffset End,
    UsageBucketWidth? Width,
    UsageGrouping Grouping,
    ImmutableArray<string> ClientKeyIds,
    ImmutableArray<string> Models,
    ImmutableArray<string> Accounts,
    int Limit
)
{
    /// <summary>Has the borders of days.</summary>
    public UsageCalendar Calendar { get; init; } = UsageCalendar.Utc;
}
