using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>How a leased call ended.</summary>
/// <param name="LeaseId">The lease it ends.</param>
/// <param name="Sent">Whether a chat request may have reached the upstream. False gives back the request and its tokens.</param>
/// <param name="ActualTokens">Tokens of the prompt and of all that was received of the reply, also of what the client did not get; null keeps what was reserved.</param>
/// <param name="Failure">What failed; null for success and for cancellation by the caller.</param>
/// <param name="AnsweredAgo">
/// How long ago, by the holder's clock, the upstream began to answer: the request had arrived there by then. Null when it never
/// answered or its answer was not noted; the end of the lease then counts as the arrival, and a call without a failure proves nothing.
/// </param>
/// <param name="Account">The lease's account, so that a pool that lost its memory can still judge the account's health.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.Settlement")]
public sealed record Settlement(
    [property: Id(0)] Guid LeaseId,
    [property: Id(1)] bool Sent,
    [property: Id(2)] long? ActualTokens,
    [property: Id(3)] UpstreamFailure? Failure,
    [property: Id(4)] TimeSpan? AnsweredAgo = null,
    [property: Id(5)] string? Account = null
)
{
    /// <summary>What the upstream's answer, also a refusal, says of the account's limits; null when it says nothing.</summary>
    [Id(6)]
    public RateLimitReport? RateLimits { get; init; }
}
