using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>How a leased call ended.</summary>
/// <param name="LeaseId">The lease it ends.</param>
/// <param name="Sent">Whether a chat request may have reached the upstream. False gives back the request and its tokens.</param>
/// <param name="ActualTokens">Prompt and reply tokens that were really used; null keeps the estimate.</param>
/// <param name="Failure">What failed; null for success and for cancellation by the caller.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.Settlement")]
public sealed record Settlement(
    [property: Id(0)] Guid LeaseId,
    [property: Id(1)] bool Sent,
    [property: Id(2)] int? ActualTokens,
    [property: Id(3)] UpstreamFailure? Failure
);
