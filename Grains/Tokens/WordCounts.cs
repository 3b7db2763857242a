using System.Runtime.InteropServices;

namespace FlowGpt.Grains.Tokens;

/// <summary>
/// Remembers how many tokens short words have that are no tokens themselves: names, compounds and numbers come again in a text. A word takes the place of
/// another word of the same hash. Thread-safe without locks: an entry never changes.
/// </summary>
internal sealed class WordCounts
{
    private const int Places = 4096;

    private static readonly int Longest = Marshal.SizeOf<UInt128>();

    private readonly Entry?[] _entries = new Entry?[Places];

    /// <summary>The count of a word; false when the word is long, or not remembered.</summary>
    public bool TryGet(ReadOnlySpan<byte> word, out int count)
    {
        count = 0;
        if (word.Length > Longest)
        {
            return false;
        }

        var bytes = BytesOf(word);
        if (_entries[PlaceOf(bytes, word.Length)] is { } entry && entry.Bytes == bytes && entry.Length == word.Length)
        {
            count = entry.Count;
            return true;
        }

        return false;
    }

    /// <summary>Remembers a word that is short enough.</summary>
    public void Put(ReadOnlySpan<byte> word, int count)
    {
        if (word.Length <= Longest)
        {
            var bytes = BytesOf(word);
            Volatile.Write(ref _entries[PlaceOf(bytes, word.Length)], new Entry(bytes, word.Length, count));
        }
    }

    private static UInt128 BytesOf(ReadOnlySpan<byte> word)
    {
        UInt128 bytes = 0;
        word.CopyTo(MemoryMarshal.AsBytes(new Span<UInt128>(ref bytes)));
        return bytes;
    }

    private static int PlaceOf(UInt128 bytes, int length)
    {
        // Multiplication by an odd constant, from 2 to the 64th divided by the golden ratio (Knuth, TAOCP 6.4): the top bits depend on all bits.
        var mixed = ((ulong)bytes ^ (ulong)length) * 0x9E37_79B9_7F4A_7C15 ^ (ulong)(bytes >> 64);
        return (int)(mixed * 0x9E37_79B9_7F4A_7C15 >> 52);
    }

    private sealed record Entry(UInt128 Bytes, int Length, int Count);
}
