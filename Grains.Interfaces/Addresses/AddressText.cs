namespace FlowGpt.Grains.Interfaces.Addresses;

/// <summary>Bytes as base32 in lower case (Crockford's letters, without <c>i</c>, <c>l</c>, <c>o</c> and <c>u</c>). Every byte sequence has exactly one text.</summary>
internal static class AddressText
{
    private const string Letters = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int BitsPerLetter = 5;

    /// <summary>How many letters stand for so many bytes.</summary>
    public static int LengthOf(int bytes) => ((bytes * 8) + BitsPerLetter - 1) / BitsPerLetter;

    public static void Write(ReadOnlySpan<byte> bytes, Span<char> text)
    {
        var bits = 0;
        var held = 0;
        var at = 0;
        foreach (var b in bytes)
        {
            held = (held << 8) | b;
            for (bits += 8; bits >= BitsPerLetter; )
            {
                bits -= BitsPerLetter;
                text[at++] = Letters[(held >> bits) & 31];
            }

            held &= (1 << bits) - 1;
        }

        if (bits > 0)
        {
            text[at] = Letters[(held << (BitsPerLetter - bits)) & 31];
        }
    }

    /// <summary>False for a text that <see cref="Write"/> never makes.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, Span<byte> bytes, out int length)
    {
        length = 0;
        var bits = 0;
        var held = 0;
        foreach (var c in text)
        {
            var value = Letters.IndexOf(c, StringComparison.Ordinal);
            if (value < 0 || length > bytes.Length)
            {
                return false;
            }

            held = (held << BitsPerLetter) | value;
            bits += BitsPerLetter;
            if (bits < 8)
            {
                continue;
            }

            if (length == bytes.Length)
            {
                return false;
            }

            bits -= 8;
            bytes[length++] = (byte)(held >> bits);
            held &= (1 << bits) - 1;
        }

        return bits < BitsPerLetter && held == 0;
    }
}
