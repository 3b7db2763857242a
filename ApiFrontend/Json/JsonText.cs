using System.Buffers;

namespace FlowGpt.ApiFrontend.Json;

/// <summary>
/// Writes UTF-8 text as the inside of a JSON string, straight from bytes. Only what JSON demands is escaped, and the three
/// characters that some clients take for the end of a line: U+0085, U+2028 and U+2029.
/// </summary>
internal static class JsonText
{
    /// <summary>Bytes that may need escaping: controls, quote, backslash, and the first bytes of U+0085 and U+2028/9.</summary>
    private static readonly SearchValues<byte> Suspects = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(b => (byte)b),
        (byte)'"',
        (byte)'\\',
        0x7F,
        0xC2,
        0xE2,
    ]);

    /// <summary>Appends <paramref name="text"/>, which holds whole characters, escaped and without quotes.</summary>
    public static void WriteEscaped(IBufferWriter<byte> destination, ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var clean = CleanLength(text);
            if (clean > 0)
            {
                destination.Write(text[..clean]);
                text = text[clean..];
                continue;
            }

            text = text[WriteEscape(destination, text)..];
        }
    }

    /// <summary>How many bytes need no escape.</summary>
    private static int CleanLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (true)
        {
            var next = text[length..].IndexOfAny(Suspects);
            if (next < 0)
            {
                return text.Length;
            }

            length += next;
            if (IsEscaped(text[length..]))
            {
                return length;
            }

            length++;
        }
    }

    private static bool IsEscaped(ReadOnlySpan<byte> text) =>
        text[0] switch
        {
            0xC2 => text.Length > 1 && text[1] == 0x85,
            0xE2 => text.Length > 2 && text[1] == 0x80 && text[2] is 0xA8 or 0xA9,
            _ => true,
        };

    /// <summary>Writes one escape; returns how many bytes of the text it stands for.</summary>
    private static int WriteEscape(IBufferWriter<byte> destination, ReadOnlySpan<byte> text)
    {
        switch (text[0])
        {
            case (byte)'"':
                destination.Write("\\\""u8);
                return 1;
            case (byte)'\\':
                destination.Write("\\\\"u8);
                return 1;
            case (byte)'\n':
                destination.Write("\\n"u8);
                return 1;
            case (byte)'\r':
                destination.Write("\\r"u8);
                return 1;
            case (byte)'\t':
                destination.Write("\\t"u8);
                return 1;
            case 0xC2:
                destination.Write("\\u0085"u8);
                return 2;
            case 0xE2:
                destination.Write(text[2] == 0xA8 ? "\\u2028"u8 : "\\u2029"u8);
                return 3;
            default:
                WriteControl(destination, text[0]);
                return 1;
        }
    }

    private static void WriteControl(IBufferWriter<byte> destination, byte control)
    {
        ReadOnlySpan<byte> hex = "0123456789abcdef"u8;
        destination.Write([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', hex[control >> 4], hex[control & 0xF]]);
    }
}
