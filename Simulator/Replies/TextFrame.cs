using System.Buffers;
using System.Text;

namespace FlowGpt.Simulator.Replies;

/// <summary>
/// Writes one text fragment as the upstream frames it: <c>{"event":"text","data":"…"}</c> and a line feed. Only what JSON requires is
/// escaped, so U+2028, U+2029 and U+0085 stand raw inside the string, which the upstream is known to do.
/// </summary>
internal static class TextFrame
{
    private const int WorstBytesPerCharacter = 6;

    private static readonly SearchValues<char> Escaped = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(code => (char)code),
        '"',
        '\\',
    ]);

    public static ReadOnlySpan<byte> Opening => "{\"event\":\"text\",\"data\":\""u8;

    public static ReadOnlySpan<byte> Closing => "\"}"u8;

    /// <param name="writer">Where the line goes.</param>
    /// <param name="fragment">The text; a surrogate pair must be whole.</param>
    /// <param name="style">How to escape and how to end the line.</param>
    /// <returns>The UTF-8 length of the text itself, without framing and escapes.</returns>
    public static int Write(IBufferWriter<byte> writer, ReadOnlySpan<char> fragment, FrameStyle style)
    {
        var span = writer.GetSpan((fragment.Length * WorstBytesPerCharacter) + Opening.Length + Closing.Length + 2);
        Opening.CopyTo(span);
        var written = Opening.Length;
        written += style.EscapeNonAscii ? EscapeAll(fragment, span[written..]) : EscapeRequired(fragment, span[written..]);
        Closing.CopyTo(span[written..]);
        written += Closing.Length;
        style.LineEnd.CopyTo(span[written..]);
        written += style.LineEnd.Length;
        writer.Advance(written);
        return Encoding.UTF8.GetByteCount(fragment);
    }

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
