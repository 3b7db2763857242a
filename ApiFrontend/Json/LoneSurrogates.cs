using System.Buffers.Text;

namespace FlowGpt.ApiFrontend.Json;

/// <summary>Replaces escapes of half a surrogate pair, such as <c>\ud83d</c> without its other half, by <c>\ufffd</c>: they stand for no character.</summary>
internal static class LoneSurrogates
{
    private const int EscapeLength = 6;

    /// <summary>Replaces them in place; the length stays.</summary>
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
