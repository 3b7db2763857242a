namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>How a request that was let in ended.</summary>
/// <param name="RequestId">Its response id.</param>
/// <param name="Tokens">Tokens of the prompt and of all that was received of the reply; null when it never ran, so that not even the request counts.</param>
/// <param name="Reserved">What it had reserved.</param>
/// <param name="At">When it was admitted.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.KeySettlement")]
public sealed record KeySettlement(
    [property: Id(0)] string RequestId,
    [property: Id(1)] long? Tokens,
    [property: Id(2)] long Reserved,
    [property: Id(3)] DateTimeOffset At
);
