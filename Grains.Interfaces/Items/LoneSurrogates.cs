using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace FlowGpt.Grains.Interfaces.Items;

/// <summary>
/// Replaces escapes of half a surrogate pair in JSON, such as <c>\ud83d</c> without its other half, by <c>\ufffd</c>: they stand for no character, and the JSON
/// reader throws <see cref="InvalidOperationException"/> where their text is asked for. Pure.
/// </summary>
public static class LoneSurrogates
{
    private const int EscapeLength = 6;

    /// <summary>Replaces them in place; the length stays.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    public static void Replace(Span<byte> json)
    {
        while (json.IndexOf((byte)'\\') is var at and >= 0 && at + 1 < json.Length)
        {
            json = json[at..];
            if (Unit(json) is not { } unit)
            {
                // An escape of another kind: what is escaped may be a backslash.
                json = json[2..];
                continue;
            }

            if (char.IsHighSurrogate(unit) && Unit(json[EscapeLength..]) is { } next && char.IsLowSurrogate(next))
            {
                json = json[(2 * EscapeLength)..];
                continue;
            }

            if (char.IsSurrogate(unit))
            {
                "fffd"u8.CopyTo(json[2..]);
            }

            json = json[EscapeLength..];
        }
    }

    /// <summary>The JSON text without them; the same string where there is no escape of a surrogate. The length stays.</summary>
    public static string Replaced(string json)
    {
        if (!json.Contains("\\ud", StringComparison.OrdinalIgnoreCase))
        {
            return json;
        }

        var utf8 = Encoding.UTF8.GetBytes(json);
        Replace(utf8);
        return Encoding.UTF8.GetString(utf8);
    }

    /// <summary>The JSON without them; the same memory where there is no escape of a surrogate.</summary>
    public static ReadOnlyMemory<byte> Replaced(ReadOnlyMemory<byte> json)
    {
        if (!MayBeIn(json.Span))
        {
            return json;
        }

        var copy = json.ToArray();
        Replace(copy);
        return copy;
    }

    /// <summary>The JSON without them; the same sequence where there is no escape of a surrogate.</summary>
    public static ReadOnlySequence<byte> Replaced(in ReadOnlySequence<byte> json)
    {
        if (json.IsSingleSegment && !MayBeIn(json.FirstSpan))
        {
            return json;
        }

        var copy = json.ToArray();
        Replace(copy);
        return new ReadOnlySequence<byte>(copy);
    }

    /// <summary>The JSON without them; the same span where there is no escape of a surrogate.</summary>
    public static ReadOnlySpan<byte> Replaced(ReadOnlySpan<byte> json)
    {
        if (!MayBeIn(json))
        {
            return json;
        }

        var copy = json.ToArray();
        Replace(copy);
        return copy;
    }

    /// <summary>The value without them; the same value where there is no escape of a surrogate.</summary>
    public static JsonElement Replaced(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Undefined || !MayBeIn(JsonMarshal.GetRawUtf8Value(value)))
        {
            return value;
        }

        var copy = JsonMarshal.GetRawUtf8Value(value).ToArray();
        Replace(copy);
        var reader = new Utf8JsonReader(copy, new JsonReaderOptions { MaxDepth = 256 });
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>Whether there is an escape of a surrogate, of a whole pair or of half a pair.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> json) => json.IndexOf("\\ud"u8) >= 0 || json.IndexOf("\\uD"u8) >= 0;

    /// <summary>The UTF-16 unit of the <c>\uXXXX</c> at the start; null when there is none.</summary>
    private static char? Unit(ReadOnlySpan<byte> json) =>
        json.Length >= EscapeLength
        && json[0] == (byte)'\\'
        && json[1] == (byte)'u'
        && Utf8Parser.TryParse(json.Slice(2, 4), out ushort unit, out var used, 'x')
        && used == 4
            ? (char)unit
            : null;
}
