namespace FlowGpt.Grains.Conversations;

/// <summary>A turn that was accepted and has not ended.</summary>
/// <param name="ResponseId">The response it makes.</param>
/// <param name="ClientKeyId">Who pays.</param>
/// <param name="Model">The model alias.</param>
/// <param name="StartedAt">When it was accepted.</param>
/// <param name="PromptTokens">Tokens of its whole context: booked as an estimate when a crash hides the outcome.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.PendingTurn")]
public sealed record PendingTurn(
    [property: Id(0)] string ResponseId,
    [property: Id(1)] string ClientKeyId,
    [property: Id(2)] string Model,
    [property: Id(3)] DateTimeOffset StartedAt,
    [property: Id(4)] int PromptTokens
);
