using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>
/// Turns the raw insides of JSON strings, fragments of one text, into UTF-8 that is always valid. A surrogate pair whose escapes lie in two fragments
/// comes out whole; a surrogate without its partner, and bytes that are not UTF-8, come out as U+FFFD.
/// </summary>
internal struct JsonTextDecoder
{
    // A \uD800-\uDBFF escape that waits for its partner.
    private char _high;

    /// <summary>Whether the text so far ends inside a surrogate pair.</summary>
    public readonly bool IsInsidePair => _high != 0;

    private static ReadOnlySpan<byte> Replacement => "\uFFFD"u8;

    /// <summary>Appends a fragment; returns how many bytes were written.</summary>
    /// <param name="raw">What stands between the quotes; its escapes are well-formed.</param>
    /// <param name="isEscaped">Whether it holds any escape.</param>
    /// <param name="output">Where the text goes.</param>
    public int Append(ReadOnlySpan<byte> raw, bool isEscaped, IBufferWriter<byte> output)
    {
        if (raw.IsEmpty)
        {
            return 0;
        }

        if (!Utf8.IsValid(raw))
        {
            raw = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(raw));
        }

        // No escape is longer decoded than written; only a surrogate left from before adds to it.
        var target = output.GetSpan(raw.Length + Replacement.Length);
        int written;
        if (isEscaped)
        {
            written = Unescape(raw, target);
        }
        else
        {
            written = FlushHigh(target);
            raw.CopyTo(target[written..]);
            written += raw.Length;
        }

        output.Advance(written);
        return written;
    }

    /// <summary>The text has ended: a surrogate that still waits is replaced. Returns how many bytes were written.</summary>
    public int Finish(IBufferWriter<byte> output)
    {
        var written = FlushHigh(output.GetSpan(Replacement.Length));
        output.Advance(written);
        return written;
    }

    private int Unescape(ReadOnlySpan<byte> raw, Span<byte> target)
    {
        var written = 0;
        while (!raw.IsEmpty)
        {
            var plain = raw.IndexOf((byte)'\\');
            if (plain != 0)
            {
                var text = plain < 0 ? raw : raw[..plain];
                written += FlushHigh(target[written..]);
                text.CopyTo(target[written..]);
                written += text.Length;
                raw = raw[text.Length..];
                continue;
            }

            if (raw[1] == (byte)'u')
            {
                _ = Utf8Parser.TryParse(raw.Slice(2, 4), out ushort unit, out _, 'x');
                written += AppendUnit((char)unit, target[written..]);
                raw = raw[6..];
                continue;
            }

            written += FlushHigh(target[written..]);
            target[written++] = Simple(raw[1]);
            raw = raw[2..];
        }

        return written;
    }

    private int AppendUnit(char unit, Span<byte> target)
    {
        if (char.IsLowSurrogate(unit) && _high != 0)
        {
            var pair = new Rune(_high, unit);
            _high = default;
            return pair.EncodeToUtf8(target);
        }

        var written = FlushHigh(target);
        if (char.IsHighSurrogate(unit))
        {
            _high = unit;
            return written;
        }

        return written + (Rune.TryCreate(unit, out var rune) ? rune : Rune.ReplacementChar).EncodeToUtf8(target[written..]);
    }

    private int FlushHigh(Span<byte> target)
    {
        if (_high == 0)
        {
            return 0;
        }

        _high = default;
        Replacement.CopyTo(target);
        return Replacement.Length;
    }

    private static byte Simple(byte escape) =>
        escape switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'t' => (byte)'\t',
            (byte)'r' => (byte)'\r',
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            _ => escape,
        };
}
