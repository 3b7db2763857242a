using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>One account's live state. Holds no secret.</summary>
/// <param name="Name">The operator's name for it.</param>
/// <param name="State">Whether it can serve.</param>
/// <param name="AvailableAt">End of a cool-down, if one runs.</param>
/// <param name="LastFailure">The last failure that counted against it.</param>
/// <param name="TokenExpires">The token's <c>exp</c>; null when the token is not a readable JWT.</param>
/// <param name="Weight">Share under the weighted strategy.</param>
/// <param name="Leases">Calls in flight.</param>
/// <param name="MaxConcurrent">Most calls in flight; null when unlimited.</param>
/// <param name="Windows">Its limits and their use.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.AccountSnapshot")]
public sealed record AccountSnapshot(
    [property: Id(0)] string Name,
    [property: Id(1)] AccountState State,
    [property: Id(2)] DateTimeOffset? AvailableAt,
    [property: Id(3)] FailureReason? LastFailure,
    [property: Id(4)] DateTimeOffset? TokenExpires,
    [property: Id(5)] int Weight,
    [property: Id(6)] int Leases,
    [property: Id(7)] int? MaxConcurrent,
    [property: Id(8)] ImmutableArray<WindowSnapshot> Windows
);
