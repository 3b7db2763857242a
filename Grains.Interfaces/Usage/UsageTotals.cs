namespace FlowGpt.Grains.Interfaces.Usage;

/// <summary>Sums over usage events.</summary>
/// <param name="Requests">Responses booked, whatever the outcome.</param>
/// <param name="Errors">Those that failed.</param>
/// <param name="Estimated">Responses whose figures are an estimate.</param>
/// <param name="PromptTokens">Prompt tokens.</param>
/// <param name="CompletionTokens">Completion tokens.</param>
/// <param name="CachedTokens">Prompt tokens that were not sent again.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.UsageTotals")]
public readonly record struct UsageTotals(
    [property: Id(0)] long Requests,
    [property: Id(1)] long Errors,
    [property: Id(2)] long Estimated,
    [property: Id(3)] long PromptTokens,
    [property: Id(4)] long CompletionTokens,
    [property: Id(5)] long CachedTokens
);
