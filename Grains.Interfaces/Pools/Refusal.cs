using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>An account's refusal of a request; whether the account or the request is at fault is not known yet.</summary>
/// <param name="LeaseId">The lease of the refused call.</param>
/// <param name="Account">The account.</param>
/// <param name="GrantedAt">When the lease was granted (<see cref="Lease.GrantedAt"/>).</param>
/// <param name="Reason">How the refusal reads.</param>
/// <param name="StatusCode">The upstream's HTTP status; null when there was none.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.Refusal")]
public sealed record Refusal(
    [property: Id(0)] Guid LeaseId,
    [property: Id(1)] string Account,
    [property: Id(2)] DateTimeOffset GrantedAt,
    [property: Id(3)] FailureReason Reason,
    [property: Id(4)] int? StatusCode
);
