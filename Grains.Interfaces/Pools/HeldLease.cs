namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>A lease as its holder reports it; enough for a new activation of the pool to take it over.</summary>
/// <param name="Id">The lease.</param>
/// <param name="Account">The account it is for.</param>
/// <param name="HolderSilo">The silo that holds it.</param>
/// <param name="EstimatedTokens">Tokens reserved with it.</param>
/// <param name="AnsweredAgo">How long ago the upstream began to answer; null when it has not yet. See <see cref="Settlement"/>.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.HeldLease")]
public sealed record HeldLease(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Account,
    [property: Id(2)] string HolderSilo,
    [property: Id(3)] int EstimatedTokens,
    [property: Id(4)] TimeSpan? AnsweredAgo = null
);
