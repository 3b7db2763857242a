using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>One failure that counted against an account.</summary>
/// <param name="At">When, by the pool's clock.</param>
/// <param name="Reason">How.</param>
/// <param name="StatusCode">The upstream's HTTP status; null when there was none.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.AccountFailure")]
public sealed record AccountFailure(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] FailureReason Reason,
    [property: Id(2)] int? StatusCode
);
