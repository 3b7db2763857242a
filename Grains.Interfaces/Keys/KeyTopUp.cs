namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>A request in flight whose reply needs more tokens. Says all of it, so that an activation that does not know the request takes it over.</summary>
/// <param name="RequestId">Its response id.</param>
/// <param name="UpTo">How many tokens, prompt and reply together, should be reserved.</param>
/// <param name="Reserved">How many are reserved so far.</param>
/// <param name="At">When it was admitted.</param>
/// <param name="Expires">When it has surely ended.</param>
/// <param name="HolderSilo">The silo that runs it.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.KeyTopUp")]
public sealed record KeyTopUp(
    [property: Id(0)] string RequestId,
    [property: Id(1)] long UpTo,
    [property: Id(2)] long Reserved,
    [property: Id(3)] DateTimeOffset At,
    [property: Id(4)] DateTimeOffset Expires,
    [property: Id(5)] string HolderSilo
);
