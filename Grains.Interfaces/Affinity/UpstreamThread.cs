namespace FlowGpt.Grains.Interfaces.Affinity;

/// <summary>A conversation that an upstream keeps for an account.</summary>
/// <param name="Account">The account it belongs to.</param>
/// <param name="ConversationId">The upstream's id for it.</param>
/// <param name="Pool">The pool of the account.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.UpstreamThread")]
public sealed record UpstreamThread(
    [property: Id(0)] string Account,
    [property: Id(1)] string ConversationId,
    [property: Id(2)] string Pool
);
