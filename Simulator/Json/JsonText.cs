using System.Buffers;
using System.Text;

namespace FlowGpt.Simulator.Json;

/// <summary>Writes text as the inside of a JSON string. Only what JSON requires is escaped, unless more is asked for.</summary>
internal static class JsonText
{
    /// <summary>The most bytes that one UTF-16 code unit becomes.</summary>
    public const int WorstBytesPerCharacter = 6;

    private static readonly SearchValues<char> Escaped = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(code => (char)code),
        '"',
        '\\',
    ]);

    /// <param name="text">The text; a surrogate pair must be whole.</param>
    /// <param name="target">At least <see cref="WorstBytesPerCharacter"/> bytes a character.</param>
    /// <param name="escapeNonAscii">Write every character beyond ASCII as <c>\uXXXX</c>.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Write(ReadOnlySpan<char> text, Span<byte> target, bool escapeNonAscii) =>
        escapeNonAscii ? EscapeAll(text, target) : EscapeRequired(text, target);

    private static int EscapeRequired(ReadOnlySpan<char> text, Span<byte> target)
    {
        var written = 0;
        while (true)
        {
            var run = text.IndexOfAny(Escaped);
            if (run < 0)
            {
                return written + Encoding.UTF8.GetBytes(text, target[written..]);
            }

            written += Encoding.UTF8.GetBytes(text[..run], target[written..]);
            written += EscapeOne(text[run], target[written..]);
            text = text[(run + 1)..];
        }
    }

    private static int EscapeAll(ReadOnlySpan<char> text, Span<byte> target)
    {
        var written = 0;
        foreach (var character in text)
        {
            if (character is >= ' ' and <= '~' and not '"' and not '\\')
            {
                target[written++] = (byte)character;
            }
            else
            {
                written += EscapeOne(character, target[written..]);
            }
        }

        return written;
    }

    private static int EscapeOne(char character, Span<byte> target)
    {
        target[0] = (byte)'\\';
        var letter = character switch
        {
            '"' => '"',
            '\\' => '\\',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            _ => 'u',
        };
        target[1] = (byte)letter;
        if (letter != 'u')
        {
            return 2;
        }

        ((int)character).TryFormat(target[2..], out var digits, "x4");
        return 2 + digits;
    }
}
