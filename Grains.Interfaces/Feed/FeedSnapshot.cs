using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Feed;

/// <summary>What all frontends counted.</summary>
/// <param name="At">When this was read, by the grain's clock.</param>
/// <param name="Since">When counting began: the grain's activation.</param>
/// <param name="Frontends">Frontends that reported recently.</param>
/// <param name="Active">Requests of clients that they serve at this moment.</param>
/// <param name="Counts">Sums since <paramref name="Since"/>.</param>
/// <param name="Errors">Errors of the last minute by code.</param>
/// <param name="Duration">Of the requests in <see cref="Listed"/>.</param>
/// <param name="TimeToFirstToken">Likewise.</param>
/// <param name="Listed">How many of the last minute's requests the quantiles are made of.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.FeedSnapshot")]
public sealed record FeedSnapshot(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] DateTimeOffset Since,
    [property: Id(2)] int Frontends,
    [property: Id(3)] int Active,
    [property: Id(4)] FeedCounts Counts,
    [property: Id(5)] ImmutableDictionary<string, long> Errors,
    [property: Id(6)] FeedQuantiles Duration,
    [property: Id(7)] FeedQuantiles TimeToFirstToken,
    [property: Id(8)] int Listed
);

/// <summary>Quantiles in seconds; null when there is nothing to take them of.</summary>
/// <param name="P50">The median.</param>
/// <param name="P95">19 of 20 are at most this long.</param>
/// <param name="P99">99 of 100 are at most this long.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.FeedQuantiles")]
public readonly record struct FeedQuantiles([property: Id(0)] double? P50, [property: Id(1)] double? P95, [property: Id(2)] double? P99);
