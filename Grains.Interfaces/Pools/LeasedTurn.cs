namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>The turn that a lease serves: what is needed to book its use when the turn's silo is lost.</summary>
/// <param name="ResponseId">Its response.</param>
/// <param name="ClientKeyId">The id of the client key.</param>
/// <param name="Route">The route that the client asked for.</param>
/// <param name="AcceptedAt">When it was accepted: the hour in which its use is booked.</param>
/// <param name="PromptTokens">Tokens of everything that is sent upstream.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.LeasedTurn")]
public sealed record LeasedTurn(
    [property: Id(0)] string ResponseId,
    [property: Id(1)] string ClientKeyId,
    [property: Id(2)] string Route,
    [property: Id(3)] DateTimeOffset AcceptedAt,
    [property: Id(4)] long PromptTokens
)
{
    /// <summary>Whether its conversation books its use from a separate record, however it ends.</summary>
    [Id(5)]
    public bool IsStored { get; init; }

    /// <summary>The account of each chat request that was sent for it before this lease, in order; null or empty when none was.</summary>
    [Id(6)]
    public string[]? EarlierCalls { get; init; }
}
