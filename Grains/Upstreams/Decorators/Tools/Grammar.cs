using System.Text.Json;

namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>The grammar of a custom tool's text, as a client gives it. Pure.</summary>
internal static class Grammar
{
    /// <summary>The grammar in the <c>format</c> object of a custom tool; null when the tool takes any text.</summary>
    public static string? Of(string? format)
    {
        try
        {
            using var document = JsonDocument.Parse(format ?? "{}");
            return Find(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // OpenAI Responses has the definition in the format itself, Chat in a member of it.
    private static string? Find(JsonElement format) =>
        format.ValueKind != JsonValueKind.Object ? null
        : format.TryGetProperty("definition", out var definition) && definition.ValueKind == JsonValueKind.String ? definition.GetString()
        : format.TryGetProperty("grammar", out var inner) ? Find(inner)
        : null;
}
