using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>Whether a turn runs: exactly one of the nested kinds.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.StartResult")]
public abstract record StartResult
{
    private StartResult() { }

    /// <summary>It runs, or had already run.</summary>
    /// <param name="ResponseId">The response to read: the caller's, or that of the turn it joined.</param>
    /// <param name="CreatedAt">When that response was accepted.</param>
    /// <param name="PromptTokens">Tokens of the whole context.</param>
    /// <param name="Headroom">What is left of the client key's limits; null when it has none.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.StartResult.Accepted")]
    public sealed record Accepted(
        [property: Id(0)] string ResponseId,
        [property: Id(1)] DateTimeOffset CreatedAt,
        [property: Id(2)] int PromptTokens,
        [property: Id(3)] KeyHeadroom? Headroom = null
    ) : StartResult;

    /// <summary>It was refused; nothing was stored, sent or charged.</summary>
    /// <param name="Error">Why.</param>
    /// <param name="Headroom">What is left of the client key's limits; null when they were not the reason.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.StartResult.Refused")]
    public sealed record Refused([property: Id(0)] TurnError Error, [property: Id(1)] KeyHeadroom? Headroom = null) : StartResult;
}
