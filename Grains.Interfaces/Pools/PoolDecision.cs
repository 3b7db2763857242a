using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>One entry of the decision audit.</summary>
/// <param name="At">When, by the pool's clock.</param>
/// <param name="RequestId">The response it was for.</param>
/// <param name="Model">The model alias asked for.</param>
/// <param name="Chosen">The account, or null when none was granted.</param>
/// <param name="Why">Why that account, or why none: a short phrase such as <c>affinity</c> or <c>least-loaded</c>.</param>
/// <param name="Skipped">Accounts that could not serve, each as <c>name: reason</c>.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.PoolDecision")]
public sealed record PoolDecision(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] string RequestId,
    [property: Id(2)] string Model,
    [property: Id(3)] string? Chosen,
    [property: Id(4)] string Why,
    [property: Id(5)] ImmutableArray<string> Skipped
);
