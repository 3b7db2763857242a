namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>What is left of a key's limits, for its client.</summary>
/// <param name="LimitRequests">Requests a minute; null when they are not limited.</param>
/// <param name="RemainingRequests">How many of them are left now.</param>
/// <param name="ResetRequests">Until all of them are free again.</param>
/// <param name="LimitTokens">Tokens a minute, or those of the tighter budget where no minute is limited; null when neither is.</param>
/// <param name="RemainingTokens">How many of them are left now.</param>
/// <param name="ResetTokens">Until all of them are free again.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.KeyHeadroom")]
public sealed record KeyHeadroom(
    [property: Id(0)] long? LimitRequests,
    [property: Id(1)] long RemainingRequests,
    [property: Id(2)] TimeSpan ResetRequests,
    [property: Id(3)] long? LimitTokens,
    [property: Id(4)] long RemainingTokens,
    [property: Id(5)] TimeSpan ResetTokens
);
