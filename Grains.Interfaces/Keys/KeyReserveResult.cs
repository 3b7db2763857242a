namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>Whether a request may run: exactly one of the nested kinds.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.KeyReserveResult")]
public abstract record KeyReserveResult
{
    private KeyReserveResult() { }

    /// <summary>It may, and what it may use is taken from the limits already.</summary>
    /// <param name="Tokens">Tokens of prompt and reply that are reserved: the reply must not become longer without a top-up.</param>
    /// <param name="At">When it was admitted, by the key's clock: it counts in the minute, day and month of this instant.</param>
    /// <param name="Expires">When it counts as ended if it was not settled.</param>
    /// <param name="Headroom">What is left of the limits.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.KeyReserveResult.Granted")]
    public sealed record Granted(
        [property: Id(0)] long Tokens,
        [property: Id(1)] DateTimeOffset At,
        [property: Id(2)] DateTimeOffset Expires,
        [property: Id(3)] KeyHeadroom Headroom
    ) : KeyReserveResult;

    /// <summary>Not yet: requests in flight hold what it needs, and may give it back. It has its place in the key's queue; nothing is counted. Ask again.</summary>
    /// <param name="Headroom">What is left of the limits.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.KeyReserveResult.Waiting")]
    public sealed record Waiting([property: Id(0)] KeyHeadroom Headroom) : KeyReserveResult;

    /// <summary>It may not; nothing is counted.</summary>
    /// <param name="Reason">The limit that does not allow the request.</param>
    /// <param name="Limit">That limit; zero where there is none.</param>
    /// <param name="Used">What is used of it.</param>
    /// <param name="Requested">What was asked of it.</param>
    /// <param name="RetryAfter">When it could be let in, if nothing else comes; null when waiting does not help.</param>
    /// <param name="Headroom">What is left of the limits; null when it is not known.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.KeyReserveResult.Refused")]
    public sealed record Refused(
        [property: Id(0)] KeyRefusal Reason,
        [property: Id(1)] long Limit,
        [property: Id(2)] long Used,
        [property: Id(3)] long Requested,
        [property: Id(4)] TimeSpan? RetryAfter,
        [property: Id(5)] KeyHeadroom? Headroom
    ) : KeyReserveResult;
}
