namespace FlowGpt.Simulator.Replies;

/// <summary>
/// Walks a text in the fragments it is sent in: white space with the word that follows it, or a fixed number of characters. A
/// surrogate pair is never divided. The fragments, joined, are the text.
/// </summary>
/// <param name="text">The text to walk.</param>
/// <param name="fragmentCharacters">UTF-16 code units in a fragment; 0 for one fragment per word.</param>
internal struct FragmentCursor(string text, int fragmentCharacters)
{
    public int Start { get; private set; }

    public int End { get; private set; }

    public readonly ReadOnlySpan<char> Current => text.AsSpan(Start, End - Start);

    public bool MoveNext()
    {
        if (End >= text.Length)
        {
            return false;
        }

        Start = End;
        End = fragmentCharacters > 0 ? FixedEnd() : WordEnd();
        return true;
    }

    /// <summary>How many fragments the text has.</summary>
    public static int Count(string text, int fragmentCharacters)
    {
        var cursor = new FragmentCursor(text, fragmentCharacters);
        var count = 0;
        while (cursor.MoveNext())
        {
            count++;
        }

        return count;
    }

    private readonly int FixedEnd()
    {
        var end = Math.Min(text.Length, Start + fragmentCharacters);
        return end < text.Length && char.IsLowSurrogate(text[end]) && char.IsHighSurrogate(text[end - 1]) ? end + 1 : end;
    }

    private readonly int WordEnd()
    {
        var end = Start;
        while (end < text.Length && char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        while (end < text.Length && !char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        // White space at the very end belongs to the last word: a fragment of nothing but white space would count as a token.
        var rest = end;
        while (rest < text.Length && char.IsWhiteSpace(text[rest]))
        {
            rest++;
        }

        return rest == text.Length ? rest : end;
    }
}
