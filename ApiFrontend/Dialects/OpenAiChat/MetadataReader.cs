using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>
/// Reads <c>metadata</c>: at most 16 pairs of strings, keys up to 64 and values up to 512 characters. What is not text is ignored, or refused when
/// unknown fields are.
/// </summary>
internal static class MetadataReader
{
    private const int MostPairs = 16;
    private const int LongestKey = 64;
    private const int LongestValue = 512;

    /// <summary>The member that names a stored conversation.</summary>
    private const string ConversationIdKey = "conversation_id";

    /// <summary>The path of that member.</summary>
    public const string ConversationParam = "metadata." + ConversationIdKey;

    public static ApiError? Read(ref Utf8JsonReader json, bool strict, out string? conversationId)
    {
        conversationId = null;
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.StartObject)
        {
            return strict ? JsonField.WrongType(ref json, "metadata", "an object") : Ignore(ref json);
        }

        var pairs = 0;
        for (; json.Read() && json.TokenType != JsonTokenType.EndObject; pairs++)
        {
            if (ReadPair(ref json, strict, ref conversationId) is { } error)
            {
                return error;
            }
        }

        return pairs > MostPairs ? RequestErrors.ObjectTooLarge("metadata", MostPairs, pairs) : null;
    }

    /// <summary>The notes that are texts, as one JSON object.</summary>
    public static string Texts(in ChatFields fields)
    {
        if (fields.MetadataEnd == 0)
        {
            return "{}";
        }

        var bytes = fields.Body.Slice(fields.MetadataStart, fields.MetadataEnd - fields.MetadataStart);
        using var notes = JsonDocument.Parse(bytes);
        return Texts(notes.RootElement);
    }

    /// <summary>The notes that are texts, as one JSON object.</summary>
    public static string Texts(JsonElement notes)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (notes.ValueKind == JsonValueKind.Object)
            {
                foreach (var note in notes.EnumerateObject())
                {
                    if (note.Value.ValueKind == JsonValueKind.String)
                    {
                        note.WriteTo(json);
                    }
                }
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static ApiError? ReadPair(ref Utf8JsonReader json, bool strict, ref string? conversationId)
    {
        var key = json.GetString()!;
        if (key.Length > LongestKey)
        {
            return RequestErrors.StringTooLong("metadata", LongestKey, key.Length);
        }

        var path = ((FieldPath)"metadata").Dot(key);
        json.Read();
        if (json.TokenType != JsonTokenType.String)
        {
            // The name of a conversation is never ignored: the turn would be lost to it.
            return strict || key == ConversationIdKey ? JsonField.WrongType(ref json, path, "a string") : Ignore(ref json);
        }

        var value = json.GetString()!;
        if (value.Length > LongestValue)
        {
            return RequestErrors.StringTooLong(path.ToString(), LongestValue, value.Length);
        }

        if (key == ConversationIdKey)
        {
            conversationId = value;
        }

        return null;
    }

    private static ApiError? Ignore(ref Utf8JsonReader json)
    {
        json.Skip();
        return null;
    }
}
