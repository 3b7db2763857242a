namespace FlowGpt.Simulator.Replies;

/// <summary>Finds where to cut UTF-8 so that no piece holds a whole multi-byte character.</summary>
internal static class CharacterSplitter
{
    /// <summary>The length of the first piece: up to and with the first byte after which a character goes on.</summary>
    public static int FirstPiece(ReadOnlySpan<byte> utf8)
    {
        for (var i = 0; i + 1 < utf8.Length; i++)
        {
            if (IsContinuation(utf8[i + 1]))
            {
                return i + 1;
            }
        }

        return utf8.Length;
    }

    private static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;
}
