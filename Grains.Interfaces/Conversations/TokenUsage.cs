namespace FlowGpt.Grains.Interfaces.Conversations;

/// <summary>Tokens of one response, by the o200k encoding.</summary>
/// <param name="PromptTokens">Tokens of the whole context, as a client of OpenAI would be billed.</param>
/// <param name="CompletionTokens">Tokens of the text that was served.</param>
/// <param name="CachedTokens">Prompt tokens that were not sent again because the upstream conversation held them.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.TokenUsage")]
public readonly record struct TokenUsage(
    [property: Id(0)] int PromptTokens,
    [property: Id(1)] int CompletionTokens,
    [property: Id(2)] int CachedTokens
)
{
    /// <summary>Prompt and completion together.</summary>
    public int TotalTokens => PromptTokens + CompletionTokens;
}
