namespace FlowGpt.Grains.Interfaces.Items;

/// <summary>Fields of a request that the gateway does not know, for a provider that speaks the client's dialect. Never the fields that choose model, price, number of outputs or billing.</summary>
/// <param name="Dialect">The dialect that the client speaks, see <see cref="DialectNames"/>.</param>
/// <param name="Json">One JSON object with the unknown fields.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.RequestExtensions")]
public sealed record RequestExtensions([property: Id(0)] string Dialect, [property: Id(1)] string Json);

/// <summary>Names of dialects, as opaque items and extensions carry them.</summary>
public static class DialectNames
{
    public const string OpenAiChat = "openai-chat";
    public const string OpenAiResponses = "openai-responses";
    public const string AnthropicMessages = "anthropic-messages";

    /// <summary>Names an item that the conversation has, by the item's id. Never sent to a provider.</summary>
    public const string ItemReference = "item-reference";

    /// <summary>
    /// Members of Anthropic's block of the part or tool call before, such as a cache mark. They change nothing of what is said: they count as no part of a context.
    /// </summary>
    public const string AnthropicMarks = "anthropic-messages/marks";

    /// <summary>The same for the tool result that the part is in.</summary>
    public const string AnthropicResultMarks = "anthropic-messages/result-marks";

    /// <summary>Whether the name is a name of marks.</summary>
    public static bool AreMarks(string dialect) => dialect is AnthropicMarks or AnthropicResultMarks;
}
