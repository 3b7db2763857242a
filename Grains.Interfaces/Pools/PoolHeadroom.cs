namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>The pool's requests per minute, summed over accounts that can serve.</summary>
/// <param name="LimitRequests">Requests a minute that the usable accounts may make together.</param>
/// <param name="RemainingRequests">How many of them are left now.</param>
/// <param name="ResetRequests">Until all of them are free again.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.PoolHeadroom")]
public sealed record PoolHeadroom(
    [property: Id(0)] int LimitRequests,
    [property: Id(1)] int RemainingRequests,
    [property: Id(2)] TimeSpan ResetRequests
);
