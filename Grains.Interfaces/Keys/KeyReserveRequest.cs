namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>A request that wants to run on a key with limits.</summary>
/// <param name="RequestId">Its response id.</param>
/// <param name="Terms">The key's limits.</param>
/// <param name="PromptTokens">Tokens of its whole context.</param>
/// <param name="MaxReplyTokens">
/// The most tokens its reply may have; null when it names no maximum. The prompt and a first block of the reply are reserved;
/// <see cref="IApiKeyUseGrain.TopUp"/> reserves more while the reply grows.
/// </param>
/// <param name="Lifetime">It surely ends within this time; unsettled by then, it counts as if it had used all it reserved.</param>
/// <param name="HolderSilo">The silo that runs the request: when the silo dies, the request has ended.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.KeyReserveRequest")]
public sealed record KeyReserveRequest(
    [property: Id(0)] string RequestId,
    [property: Id(1)] ApiKeyTerms Terms,
    [property: Id(2)] long PromptTokens,
    [property: Id(3)] long? MaxReplyTokens,
    [property: Id(4)] TimeSpan Lifetime,
    [property: Id(5)] string HolderSilo
)
{
    /// <summary>
    /// How long it may wait for tokens that are only reserved by others, from now on; zero: it is refused then. A request that waits asks again until it is let in or
    /// refused, or settles itself.
    /// </summary>
    [Id(6)]
    public TimeSpan MaxWait { get; init; }
}
