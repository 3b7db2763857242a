using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>The fields of a client of OpenAI Responses that only a provider of this protocol knows. Holds nothing for other clients.</summary>
internal sealed class ResponsesFields : IDisposable
{
    private readonly JsonDocument? _fields;

    private ResponsesFields(JsonDocument? fields) => _fields = fields;

    /// <summary>Whether the client speaks this protocol.</summary>
    public bool IsNative => _fields is not null;

    public static ResponsesFields Of(RequestExtensions? extensions) =>
        new(extensions is { Dialect: DialectNames.OpenAiResponses } known ? JsonDocument.Parse(known.Json) : null);

    /// <summary>The value of a field; null when there is none.</summary>
    public JsonElement? this[string name] =>
        _fields is not null && _fields.RootElement.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    /// <summary>The tools that the provider runs itself, without those that name state at the provider.</summary>
    public IEnumerable<JsonElement> BuiltInTools =>
        this["tools"] is { ValueKind: JsonValueKind.Array } tools
            ? tools.EnumerateArray().Where(static tool => !ProviderState.IsNamedIn(tool))
            : [];

    public void Dispose() => _fields?.Dispose();
}
