using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace FlowGpt.Grains.Tokens;

/// <summary>
/// OpenAI's o200k encoding, as far as counting and cutting need it: text is split into words by the encoding's expression, and a word that is no token itself is
/// made of tokens by merging pairs. Thread-safe; without allocations for words of usual length. Time is quadratic in the length of a word (<see cref="TokenPieces"/>).
/// </summary>
internal sealed partial class O200k(Vocabulary vocabulary)
{
    // Words up to this many UTF-8 bytes are split on the stack.
    private const int StackBytes = 128;

    private readonly WordCounts _counted = new();

    /// <summary>Tokens of a text. What looks like a special token is text like any other.</summary>
    public int Count(ReadOnlySpan<char> text)
    {
        var total = 0;
        foreach (var word in Words().EnumerateMatches(text))
        {
            total += Split(text.Slice(word.Index, word.Length), int.MaxValue, out _);
        }

        return total;
    }

    /// <summary>How many characters of a text are whole within its first tokens.</summary>
    public int Within(ReadOnlySpan<char> text, int tokens)
    {
        foreach (var word in Words().EnumerateMatches(text))
        {
            var count = Split(text.Slice(word.Index, word.Length), tokens, out var characters);
            if (count > tokens)
            {
                return word.Index + characters;
            }

            tokens -= count;
        }

        return text.Length;
    }

    // The encoding's own expression.
    [GeneratedRegex(
        """[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"""
            + """[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"""
            + """\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Words();

    /// <summary>Counts the tokens of a word.</summary>
    /// <param name="word">The word.</param>
    /// <param name="most">So many tokens are looked at.</param>
    /// <param name="within">How many characters are whole within these tokens, where the word has more.</param>
    private int Split(ReadOnlySpan<char> word, int most, out int within)
    {
        var length = Encoding.UTF8.GetMaxByteCount(word.Length);
        if (length <= StackBytes)
        {
            Span<byte> bytes = stackalloc byte[StackBytes];
            return Split(bytes[..Encoding.UTF8.GetBytes(word, bytes)], most, out within);
        }

        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return Split(rented.AsSpan(0, Encoding.UTF8.GetBytes(word, rented)), most, out within);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    private int Split(ReadOnlySpan<byte> word, int most, out int within)
    {
        within = 0;
        if (vocabulary.RankOf(word) >= 0)
        {
            return 1;
        }

        if (most < int.MaxValue)
        {
            return Divide(word, most, out within);
        }

        if (!_counted.TryGet(word, out var count))
        {
            count = Divide(word, most, out within);
            _counted.Put(word, count);
        }

        return count;
    }

    private int Divide(ReadOnlySpan<byte> word, int most, out int within)
    {
        var length = word.Length + 1;
        if (length <= StackBytes)
        {
            Span<int> parts = stackalloc int[StackBytes * 2];
            return Divide(word, parts[..length], parts.Slice(length, length), most, out within);
        }

        var rented = ArrayPool<int>.Shared.Rent(length * 2);
        try
        {
            return Divide(word, rented.AsSpan(0, length), rented.AsSpan(length, length), most, out within);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    private int Divide(ReadOnlySpan<byte> word, Span<int> starts, Span<int> ranks, int most, out int within)
    {
        var count = Merge(word, starts, ranks);
        within = 0;
        if (count > most)
        {
            var end = starts[most];
            while (end > 0 && (word[end] & 0xC0) == 0x80)
            {
                end--;
            }

            within = Encoding.UTF8.GetCharCount(word[..end]);
        }

        return count;
    }

    /// <summary>Merges neighbours, the pair of lowest rank first and of equal pairs the leftmost, until no pair is a token.</summary>
    /// <param name="bytes">The word.</param>
    /// <param name="starts">Gets where each token begins, and the word's end after the last.</param>
    /// <param name="ranks">Room for the rank of each token merged with the next.</param>
    /// <returns>How many tokens.</returns>
    private int Merge(ReadOnlySpan<byte> bytes, Span<int> starts, Span<int> ranks)
    {
        var count = bytes.Length;
        for (var i = 0; i <= count; i++)
        {
            starts[i] = i;
        }

        for (var i = 0; i < count; i++)
        {
            ranks[i] = RankOfPair(bytes, starts, i, count);
        }

        while (LowestIn(ranks[..count]) is >= 0 and var pair)
        {
            // The next token becomes a part of this token.
            starts[(pair + 2)..(count + 1)].CopyTo(starts[(pair + 1)..]);
            ranks[(pair + 2)..count].CopyTo(ranks[(pair + 1)..]);
            count--;
            ranks[pair] = RankOfPair(bytes, starts, pair, count);
            if (pair > 0)
            {
                ranks[pair - 1] = RankOfPair(bytes, starts, pair - 1, count);
            }
        }

        return count;
    }

    private int RankOfPair(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> starts, int first, int count) =>
        first + 1 < count && vocabulary.RankOf(bytes[starts[first]..starts[first + 2]]) is >= 0 and var rank ? rank : int.MaxValue;

    private static int LowestIn(ReadOnlySpan<int> ranks)
    {
        var (lowest, at) = (int.MaxValue, -1);
        for (var i = 0; i < ranks.Length; i++)
        {
            if (ranks[i] < lowest)
            {
                (lowest, at) = (ranks[i], i);
            }
        }

        return at;
    }
}
