using System.Text;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.Decorators.Json;

/// <summary>How a JSON value that a model wrote ended.</summary>
internal enum JsonEnd
{
    /// <summary>The value is whole.</summary>
    Whole,

    /// <summary>The text ended between values: only closing brackets were missing, and were added.</summary>
    Closed,

    /// <summary>The text ended inside a string, a number or a member: what is missing cannot be known.</summary>
    Cut,

    /// <summary>This is no JSON value.</summary>
    Invalid,
}

/// <summary>A value of <see cref="LooseJson"/>.</summary>
/// <param name="Json">The value as JSON in the strict form; empty unless the end is whole or closed.</param>
/// <param name="End">How the value ended.</param>
/// <param name="Next">Where the text after the value begins.</param>
/// <param name="OpenBrackets">How many closing brackets were added.</param>
internal readonly record struct LooseValue(string Json, JsonEnd End, int Next, int OpenBrackets)
{
    public bool IsUsable => End is JsonEnd.Whole or JsonEnd.Closed;
}

/// <summary>
/// Reads JSON as models write it and gives JSON in the strict form: single or typographic quotes, keys without quotes, trailing and missing commas, comments, raw
/// line breaks and unescaped quotes in strings, <c>True</c> and <c>None</c>, missing closing brackets. Text that is strict JSON keeps its values as they are, except that half surrogate pairs become U+FFFD. Pure;
/// linear in the text except for unescaped quotes, and bounded in depth.
/// </summary>
internal static class LooseJson
{
    /// <summary>Deeper values are invalid, as they are to the readers of the client.</summary>
    public const int MaxDepth = 60;

    /// <summary>What a model is told of a value that <see cref="HasRepeatedName"/> finds.</summary>
    public const string RepeatedName = "An object holds two members of the same name.";

    /// <summary>Reads the value that begins at the first character from <paramref name="start"/> on that is no white space.</summary>
    public static LooseValue Read(ReadOnlySpan<char> text, int start = 0)
    {
        if (ReadStrict(text, start) is { } strict)
        {
            return strict;
        }

        var reader = new LooseJsonReader(text, start);
        var value = reader.Read();
        return value with { Json = LoneSurrogates.Replaced(value.Json) };
    }

    /// <summary>The first value where it is strict JSON, with any text after it; null where it is not.</summary>
    private static LooseValue? ReadStrict(ReadOnlySpan<char> text, int start)
    {
        var rest = text[start..];
        var begin = start + rest.Length - rest.TrimStart().Length;
        if (begin >= text.Length || text[begin] is not ('{' or '['))
        {
            return null;
        }

        var bytes = Encoding.UTF8.GetBytes(text[begin..].ToArray());
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth, AllowMultipleValues = true });
        try
        {
            reader.Read();
            reader.Skip();
        }
        catch (JsonException)
        {
            return null;
        }

        var length = Encoding.UTF8.GetCharCount(bytes.AsSpan(0, (int)reader.BytesConsumed));
        return new(LoneSurrogates.Replaced(text.Slice(begin, length).ToString()), JsonEnd.Whole, begin + length, 0);
    }

    /// <summary>Whether an object of the value has two members with the same name: readers differ in which of the two counts.</summary>
    /// <param name="json">JSON in the strict form.</param>
    public static bool HasRepeatedName(string json)
    {
        try
        {
            using var unique = JsonDocument.Parse(
                json,
                new JsonDocumentOptions { MaxDepth = MaxDepth + 4, AllowDuplicateProperties = false }
            );
            return false;
        }
        catch (JsonException)
        {
            return true;
        }
    }
}
