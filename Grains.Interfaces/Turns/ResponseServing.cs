using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>Who serves a response; for request logs and rate-limit headers.</summary>
/// <param name="Account">The account's name.</param>
/// <param name="Attempts">Upstream accounts tried so far, the account that serves included.</param>
/// <param name="QueuedFor">Time spent waiting for an account.</param>
/// <param name="Headroom">The pool's request headroom at the grant; null when nothing is limited.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ResponseServing")]
public sealed record ResponseServing(
    [property: Id(0)] string Account,
    [property: Id(1)] int Attempts,
    [property: Id(2)] TimeSpan QueuedFor,
    [property: Id(3)] PoolHeadroom? Headroom
)
{
    /// <summary>The account of each chat request that may have been sent before, in order; null when there was none.</summary>
    [Id(4)]
    public string[]? EarlierCalls { get; init; }

    /// <summary>The dialect with the built-in tools that the provider runs itself; null when the provider runs none.</summary>
    [Id(5)]
    public string? RunsToolsOf { get; init; }
}
