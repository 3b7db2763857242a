using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Usage;

/// <summary>A query of one day's roll-up.</summary>
/// <param name="Width">How long the buckets are.</param>
/// <param name="Grouping">What a bucket is split by.</param>
/// <param name="FromHour">First hour of the day that counts, 0 to 23.</param>
/// <param name="ToHour">First hour that does not count any more, 1 to 24.</param>
/// <param name="ClientKeyIds">The only client keys that count; empty for all.</param>
/// <param name="Models">The only models that count; empty for all.</param>
/// <param name="Accounts">The only accounts that count, an empty name for "none"; empty for all.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.UsageDayQuery")]
public sealed record UsageDayQuery(
    [property: Id(0)] UsageBucketWidth Width,
    [property: Id(1)] UsageGrouping Grouping,
    [property: Id(2)] int FromHour,
    [property: Id(3)] int ToHour,
    [property: Id(4)] ImmutableArray<string> ClientKeyIds,
    [property: Id(5)] ImmutableArray<string> Models,
    [property: Id(6)] ImmutableArray<string> Accounts
);
