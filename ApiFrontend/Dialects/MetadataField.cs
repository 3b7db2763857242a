using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>
/// Reads <c>metadata</c>: at most 16 texts, each with a short name. Another value is kept as its JSON text and null is left out; when unknown fields are refused,
/// so are these.
/// </summary>
internal static class MetadataField
{
    private const int MostPairs = 16;
    private const int LongestKey = 64;
    private const int LongestValue = 512;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The notes as one JSON object of texts; null when there is no object or a problem was noted.</summary>
    /// <param name="metadata">The field.</param>
    /// <param name="strict">Whether what is no text is refused.</param>
    public static string? Read(RequestField metadata, bool strict)
    {
        if (metadata.Value.ValueKind != JsonValueKind.Object)
        {
            if (strict && metadata.IsGiven)
            {
                metadata.RefuseType("an object");
            }

            return null;
        }

        var count = 0;
        foreach (var pair in metadata.Value.EnumerateObject())
        {
            count++;
            if (pair.Name.Length > LongestKey)
            {
                metadata.Refuse(RequestErrors.StringTooLong(metadata.Path, LongestKey, pair.Name.Length));
            }

            if (strict || pair.Value.ValueKind == JsonValueKind.String)
            {
                CheckText(metadata[pair.Name]);
            }
        }

        if (count > MostPairs)
        {
            metadata.Refuse(RequestErrors.ObjectTooLarge(metadata.Path, MostPairs, count));
        }

        return Texts(metadata.Value);
    }

    /// <summary>The notes as one JSON object of texts. A value that is no text and whose JSON is longer than a text may be is left out.</summary>
    public static string Texts(JsonElement notes)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            if (notes.ValueKind == JsonValueKind.Object)
            {
                foreach (var note in notes.EnumerateObject())
                {
                    WriteText(json, note);
                }
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void CheckText(RequestField value)
    {
        if (value.String(LongestValue) is null)
        {
            value.RefuseType("a string");
        }
    }

    private static void WriteText(Utf8JsonWriter json, JsonProperty note)
    {
        if (note.Value.ValueKind == JsonValueKind.String)
        {
            note.WriteTo(json);
        }
        else if (note.Value.ValueKind != JsonValueKind.Null && note.Value.GetRawText() is { Length: <= LongestValue } text)
        {
            json.WriteString(note.Name, text);
        }
    }
}
