namespace FlowGpt.Grains.Keys.Limits;

/// <summary>A request that was let in and has not ended.</summary>
/// <param name="RequestId">Its response id.</param>
/// <param name="Tokens">What it holds of the token limits.</param>
/// <param name="At">When it was admitted: the minute, day and month in which it counts.</param>
/// <param name="Expires">When it has surely ended.</param>
/// <param name="Holder">The silo that runs it.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.KeyReservation")]
internal sealed record KeyReservation(
    [property: Id(0)] string RequestId,
    [property: Id(1)] long Tokens,
    [property: Id(2)] DateTimeOffset At,
    [property: Id(3)] DateTimeOffset Expires,
    [property: Id(4)] string Holder
);
