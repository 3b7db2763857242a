namespace FlowGpt.Grains.Interfaces.Turns;

/// <summary>Tokens of one response.</summary>
/// <param name="PromptTokens">Tokens of the whole context.</param>
/// <param name="CompletionTokens">Tokens of what the model made.</param>
/// <param name="CachedTokens">Prompt tokens that the provider did not have to read again.</param>
/// <param name="ReasoningTokens">The part of <paramref name="CompletionTokens"/> that was reasoning.</param>
/// <param name="Origin">Who counted.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.TokenUsage")]
public readonly record struct TokenUsage(
    [property: Id(0)] int PromptTokens,
    [property: Id(1)] int CompletionTokens,
    [property: Id(2)] int CachedTokens,
    [property: Id(3)] int ReasoningTokens = 0,
    [property: Id(4)] UsageOrigin Origin = UsageOrigin.Counted
)
{
    /// <summary>Prompt and completion together.</summary>
    public int TotalTokens => PromptTokens + CompletionTokens;
}

/// <summary>Who counted the tokens. Numbers are stored.</summary>
[GenerateSerializer]
public enum UsageOrigin
{
    /// <summary>The gateway, by the o200k encoding.</summary>
    Counted = 0,

    /// <summary>The provider.</summary>
    Reported = 1,
}
