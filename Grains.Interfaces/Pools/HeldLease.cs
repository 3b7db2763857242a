using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>A lease as its holder reports it; enough for a new activation of the pool to take it over.</summary>
/// <param name="Id">The lease.</param>
/// <param name="Account">The account it is for.</param>
/// <param name="HolderSilo">The silo that has the lease.</param>
/// <param name="Tokens">Tokens reserved with it so far, prompt and reply.</param>
/// <param name="AnsweredAgo">How long ago the upstream began to answer; null when it has not yet. See <see cref="Settlement"/>.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.HeldLease")]
public sealed record HeldLease(
    [property: Id(0)] Guid Id,
    [property: Id(1)] string Account,
    [property: Id(2)] string HolderSilo,
    [property: Id(3)] long Tokens,
    [property: Id(4)] TimeSpan? AnsweredAgo = null
)
{
    /// <summary>Tokens of prompt and reply that were used so far, as the holder last counted them.</summary>
    [Id(5)]
    public long Used { get; init; }

    /// <summary>The turn it serves; null when that is not known.</summary>
    [Id(6)]
    public LeasedTurn? Turn { get; init; }

    /// <summary>What the upstream's answer says of the account's limits; null when it says nothing, or there is no answer yet.</summary>
    [Id(7)]
    public RateLimitReport? RateLimits { get; init; }
}
