using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Json;

/// <summary>
/// Reads one value that the reader is at and says what is wrong with it. Every method accepts <c>null</c> as
/// "not given", returns null when all is well, and leaves the reader on the value's last token.
/// </summary>
internal static class JsonField
{
    public static ApiError? ReadString(ref Utf8JsonReader json, FieldPath path, out string? value)
    {
        value = null;
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                value = json.GetString();
                return null;
            default:
                return WrongType(ref json, path, "a string");
        }
    }

    public static ApiError? ReadBoolean(ref Utf8JsonReader json, FieldPath path, out bool? value)
    {
        value = null;
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.True or JsonTokenType.False:
                value = json.GetBoolean();
                return null;
            default:
                return WrongType(ref json, path, "a boolean");
        }
    }

    public static ApiError? ReadInteger(ref Utf8JsonReader json, FieldPath path, long least, long most, out long? value)
    {
        value = null;
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.Number)
        {
            return WrongType(ref json, path, "an integer");
        }

        if (!json.TryGetInt64(out var number))
        {
            return WrongType(ref json, path, "an integer");
        }

        if (number < least || number > most)
        {
            var above = number > most;
            var bound = (above ? most : least).ToString(CultureInfo.InvariantCulture);
            return RequestErrors.OutOfRange(path.ToString(), integer: true, above, bound, number.ToString(CultureInfo.InvariantCulture));
        }

        value = number;
        return null;
    }

    public static ApiError? ReadDecimal(ref Utf8JsonReader json, FieldPath path, double least, double most, out double? value)
    {
        value = null;
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.Number || !json.TryGetDouble(out var number))
        {
            return WrongType(ref json, path, "a decimal");
        }

        if (number < least || number > most)
        {
            var above = number > most;
            var bound = (above ? most : least).ToString(CultureInfo.InvariantCulture);
            return RequestErrors.OutOfRange(path.ToString(), integer: false, above, bound, number.ToString(CultureInfo.InvariantCulture));
        }

        value = number;
        return null;
    }

    /// <summary>Reads a string that must be one of a few; the list is in the order and form that the error shows.</summary>
    public static ApiError? ReadChoice(ref Utf8JsonReader json, FieldPath path, ReadOnlySpan<string> choices, out string? value)
    {
        if (ReadString(ref json, path, out value) is { } error)
        {
            return error;
        }

        if (value is null || choices.Contains(value))
        {
            return null;
        }

        var supported = new StringBuilder();
        for (var i = 0; i < choices.Length; i++)
        {
            supported
                .Append(
                    i == 0 ? ""
                    : i == choices.Length - 1 ? " and "
                    : ", "
                )
                .Append('\'')
                .Append(choices[i])
                .Append('\'');
        }

        return RequestErrors.InvalidValue(path.ToString(), value, supported.ToString());
    }

    /// <summary>Reads an object as the JSON text that the client sent.</summary>
    /// <param name="json">Reads <paramref name="body"/> from its start.</param>
    /// <param name="path">Where the object is.</param>
    /// <param name="body">The whole body.</param>
    /// <param name="value">The text; null when the value is null.</param>
    public static ApiError? ReadObject(ref Utf8JsonReader json, FieldPath path, in ReadOnlySequence<byte> body, out string? value)
    {
        value = null;
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.StartObject:
                value = RawJson.Read(ref json, body);
                return null;
            default:
                return WrongType(ref json, path, "an object");
        }
    }

    public static ApiError WrongType(ref Utf8JsonReader json, FieldPath path, string expected) =>
        RequestErrors.InvalidType(path.ToString(), expected, Describe(ref json));

    private static string Describe(ref Utf8JsonReader json) =>
        json.TokenType switch
        {
            JsonTokenType.Null => "null",
            JsonTokenType.String => "a string",
            JsonTokenType.True or JsonTokenType.False => "a boolean",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.StartObject => "an object",
            _ => json.TryGetInt64(out _) ? "an integer" : "a decimal",
        };
}
