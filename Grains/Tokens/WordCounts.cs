using System.Runtime.InteropServices;
using FlowGpt.Grains.Interfaces.Digests;

namespace FlowGpt.Grains.Tokens;

/// <summary>
/// Remembers how many tokens short words have that are no tokens themselves: names, compounds and numbers come again in a text. A word takes the place of
/// another word of the same hash. Thread-safe without locks: an entry never changes.
/// </summary>
internal sealed class WordCounts
{
    private const int Places = 4096;

    private const int Longest = Digest.Size;

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

    private static Digest BytesOf(ReadOnlySpan<byte> word)
    {
        Digest bytes = default;
        word.CopyTo(MemoryMarshal.AsBytes(new Span<Digest>(ref bytes)));
        return bytes;
    }

    private static int PlaceOf(Digest bytes, int length)
    {
        // Multiplication by an odd constant, from 2 to the 64th divided by the golden ratio (Knuth, TAOCP 6.4): the top bits depend on all bits.
        var mixed = (bytes.High ^ (ulong)length) * 0x9E37_79B9_7F4A_7C15 ^ bytes.Low;
        return (int)(mixed * 0x9E37_79B9_7F4A_7C15 >> 52);
    }

    private sealed record Entry(Digest Bytes, int Length, int Count);
}
