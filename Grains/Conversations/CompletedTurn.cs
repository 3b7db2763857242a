using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Conversations;

/// <summary>A completed turn; its text is the last stored message.</summary>
/// <param name="ResponseId">The response it made.</param>
/// <param name="Fingerprint">The request's fingerprint.</param>
/// <param name="StartedAt">When it was accepted.</param>
/// <param name="FinishReason">Why its text ended.</param>
/// <param name="Usage">Its tokens.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.CompletedTurn")]
public sealed record CompletedTurn(
    [property: Id(0)] string ResponseId,
    [property: Id(1)] Digest Fingerprint,
    [property: Id(2)] DateTimeOffset StartedAt,
    [property: Id(3)] FinishReason FinishReason,
    [property: Id(4)] TokenUsage Usage
);
