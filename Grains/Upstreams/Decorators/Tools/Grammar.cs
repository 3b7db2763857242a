using System.Text.Json;
using System.Text.RegularExpressions;

namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>The grammar of a custom tool's text, as a client gives it. Pure.</summary>
/// <param name="Definition">The grammar.</param>
/// <param name="Syntax">What the grammar is written in: <c>regex</c>, <c>lark</c>; null when the client does not say.</param>
internal sealed record Grammar(string Definition, string? Syntax)
{
    /// <summary>The grammar in the <c>format</c> object of a custom tool; null when the tool takes any text.</summary>
    public static Grammar? Of(string? format)
    {
        try
        {
            using var document = JsonDocument.Parse(format ?? "{}");
            return Find(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A pattern that exactly the texts of the grammar match; null when the grammar cannot be checked here: every text is then right.</summary>
    public Regex? Pattern()
    {
        if (Syntax != "regex" || MeansOtherHere(Definition))
        {
            return null;
        }

        try
        {
            // Linear in the text, so that no pattern of a client can stop a silo.
            return new Regex($@"\A(?:{Definition})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            return null;
        }
    }

    // Clients write for the engine of the Rust language (OpenAI's guide to custom tools), where a set may hold named classes, other sets and operations on sets.
    private static bool MeansOtherHere(string pattern) =>
        pattern.Contains("[:", StringComparison.Ordinal)
        || pattern.Contains("[[", StringComparison.Ordinal)
        || pattern.Contains("&&", StringComparison.Ordinal)
        || pattern.Contains("--", StringComparison.Ordinal)
        || pattern.Contains("~~", StringComparison.Ordinal);

    // OpenAI Responses has the definition in the format itself, Chat in a member of it.
    private static Grammar? Find(JsonElement format) =>
        format.ValueKind != JsonValueKind.Object ? null
        : format.TryGetProperty("definition", out var definition) && definition.ValueKind == JsonValueKind.String
            ? new(
                definition.GetString()!,
                format.TryGetProperty("syntax", out var syntax) && syntax.ValueKind == JsonValueKind.String ? syntax.GetString() : null
            )
        : format.TryGetProperty("grammar", out var inner) ? Find(inner)
        : null;
}
