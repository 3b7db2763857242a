namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>How a response ended.</summary>
/// <param name="FinishReason">Why the text ended; null unless completed.</param>
/// <param name="Usage">Tokens used, with any outcome.</param>
/// <param name="Error">What failed; null unless failed.</param>
/// <param name="EndedAt">When the response ended; null where an earlier version wrote the outcome.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ResponseOutcome")]
public sealed record ResponseOutcome(
    [property: Id(0)] FinishReason? FinishReason,
    [property: Id(1)] TokenUsage Usage,
    [property: Id(2)] TurnError? Error,
    [property: Id(3)] DateTimeOffset? EndedAt = null
);
