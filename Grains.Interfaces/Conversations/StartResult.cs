namespace FlowGpt.Grains.Interfaces.Conversations;

/// <summary>Whether a turn runs: exactly one of the nested kinds.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.StartResult")]
public abstract record StartResult
{
    private StartResult() { }

    /// <summary>It runs, or had already run.</summary>
    /// <param name="ResponseId">The response to read: the caller's, or that of the turn it joined.</param>
    /// <param name="CreatedAt">When that response was accepted.</param>
    /// <param name="PromptTokens">Tokens of the whole context.</param>
    [GenerateSerializer, Immutable, Alias("flowgpt.StartResult.Accepted")]
    public sealed record Accepted(
        [property: Id(0)] string ResponseId,
        [property: Id(1)] DateTimeOffset CreatedAt,
        [property: Id(2)] int PromptTokens
    ) : StartResult;

    /// <summary>It was refused; nothing was stored, sent or charged.</summary>
    [GenerateSerializer, Immutable, Alias("flowgpt.StartResult.Refused")]
    public sealed record Refused([property: Id(0)] TurnError Error) : StartResult;
}
