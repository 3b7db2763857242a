using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Reads <c>stop</c>: a string, up to four strings, or null. Empty strings, which some clients send for "none", are dropped.</summary>
internal static class StopReader
{
    private const int Most = 4;

    public static ApiError? Read(ref Utf8JsonReader json, out ImmutableArray<string> stop)
    {
        stop = [];
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                stop = json.GetString() is { Length: > 0 } only ? [only] : [];
                return null;
            case JsonTokenType.StartArray:
                return ReadArray(ref json, out stop);
            default:
                return JsonField.WrongType(ref json, "stop", "a string or an array of strings");
        }
    }

    private static ApiError? ReadArray(ref Utf8JsonReader json, out ImmutableArray<string> stop)
    {
        stop = [];
        var strings = ImmutableArray.CreateBuilder<string>(Most);
        var count = 0;
        for (; json.Read() && json.TokenType != JsonTokenType.EndArray; count++)
        {
            var path = ((FieldPath)"stop").At(count);
            if (json.TokenType != JsonTokenType.String)
            {
                return JsonField.WrongType(ref json, path, "a string");
            }

            if (count < Most && json.GetString() is { Length: > 0 } text)
            {
                strings.Add(text);
            }
        }

        stop = strings.DrainToImmutable();
        return count > Most ? RequestErrors.ArrayTooLong("stop", Most, count) : null;
    }
}
