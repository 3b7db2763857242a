namespace FlowGpt.Grains.Upstreams;

/// <summary>What a provider's answer tells of an account's limits. A pool may tighten its windows by the report, never loosen them.</summary>
/// <param name="Requests">The limit of requests; null when the answer tells nothing of it.</param>
/// <param name="Tokens">The limit of tokens; null when the answer tells nothing of it.</param>
public sealed record RateLimitReport(RateLimitWindow? Requests, RateLimitWindow? Tokens);

/// <summary>One limit of an account as its provider tells. A figure that is not told is null.</summary>
/// <param name="Limit">Most in one window.</param>
/// <param name="Remaining">What is left; never negative.</param>
/// <param name="ResetAfter">When the window is full again, from the answer on; never negative.</param>
public sealed record RateLimitWindow(long? Limit, long? Remaining, TimeSpan? ResetAfter);
