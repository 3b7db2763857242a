using System.Buffers;
using System.Text;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>
/// Reads <c>metadata</c>: at most 16 pairs of strings, keys up to 64 and values up to 512 characters. What is not text is refused when unknown fields
/// are, else passed over here.
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

    /// <summary>The notes as one JSON object of texts.</summary>
    public static string Texts(in ChatFields fields)
    {
        if (fields.MetadataEnd == 0)
        {
            return "{}";
        }

        var bytes = fields.Body.Slice(fields.MetadataStart, fields.MetadataEnd - fields.MetadataStart);
        using var notes = JsonDocument.Parse(bytes);
        return MetadataField.Texts(notes.RootElement);
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
            var isConversation = key == ConversationIdKey;
            return strict && !(isConversation && json.TokenType == JsonTokenType.Null) ? JsonField.WrongType(ref json, path, "a string")
                : isConversation ? ReadConversation(ref json, path, ref conversationId)
                : Ignore(ref json);
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

    /// <summary>The name of a conversation that is no text: a number is taken as its digits. Nothing else is ignored, since the turn would be lost to its conversation.</summary>
    private static ApiError? ReadConversation(ref Utf8JsonReader json, FieldPath path, ref string? conversationId)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.Number
                when json.HasValueSequence ? json.ValueSequence.Length <= LongestValue : json.ValueSpan.Length <= LongestValue:
                conversationId = Encoding.UTF8.GetString(json.HasValueSequence ? json.ValueSequence.ToArray() : json.ValueSpan);
                return null;
            default:
                return JsonField.WrongType(ref json, path, "a string");
        }
    }

    private static ApiError? Ignore(ref Utf8JsonReader json)
    {
        json.Skip();
        return null;
    }
}
