namespace FlowGpt.Grains.Interfaces.Upstreams;

/// <summary>What a provider's answer says of an account's limits. A pool may tighten its windows by the report, never loosen them.</summary>
/// <param name="Requests">The limit of requests; null when the answer does not have it.</param>
/// <param name="Tokens">The limit of tokens; null when the answer does not have it.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.RateLimitReport")]
public sealed record RateLimitReport([property: Id(0)] RateLimitWindow? Requests, [property: Id(1)] RateLimitWindow? Tokens);

/// <summary>One limit of an account as its provider reports it. A figure that is not reported is null.</summary>
/// <param name="Limit">Most in one window.</param>
/// <param name="Remaining">What is left; never negative.</param>
/// <param name="ResetAfter">When the window is full again, from the answer on; never negative.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.RateLimitWindow")]
public sealed record RateLimitWindow(
    [property: Id(0)] long? Limit,
    [property: Id(1)] long? Remaining,
    [property: Id(2)] TimeSpan? ResetAfter
);
