using System.Globalization;

namespace FlowGpt.Grains.Tokens;

/// <summary>
/// Cuts text where o200k's pre-tokenizer certainly has a border, with any text before and after, so that the tokens of the pieces are the
/// tokens of the whole. Its expression (tiktoken, <c>openai_public.py</c>) matches a letter only within a run of letters and marks with at most an
/// English contraction behind it, and a digit only within digits: a letter or digit followed by anything else ends a match.
/// </summary>
internal static class TokenPieces
{
    /// <summary>
    /// Longest piece, in UTF-16 units. Byte-pair encoding is quadratic in an unbroken run (100,000 letters take seconds), so a run longer than this
    /// is cut anyway; there the count may differ by a token for each cut.
    /// </summary>
    public const int MaxLength = 512;

    /// <summary>
    /// Length of the first piece of <paramref name="text"/>, or 0 when it depends on what follows. With <paramref name="isWhole"/> nothing follows.
    /// Where a run is cut depends on the text alone, not on how much of it is there yet.
    /// </summary>
    public static int First(ReadOnlySpan<char> text, bool isWhole)
    {
        if (isWhole && text.Length <= MaxLength)
        {
            return text.Length;
        }

        for (var at = Math.Min(MaxLength, text.Length - 1); at > 0; at--)
        {
            if (IsBorder(text[at - 1], text[at]))
            {
                return at;
            }
        }

        if (text.Length <= MaxLength)
        {
            return 0;
        }

        return char.IsLowSurrogate(text[MaxLength]) ? MaxLength - 1 : MaxLength;
    }

    private static bool IsBorder(char previous, char next)
    {
        if (!char.IsLetterOrDigit(previous) && !char.IsNumber(previous))
        {
            return false;
        }

        // ' may begin a contraction; | stands inside the special tokens <|endoftext|> and <|endofprompt|>.
        return next is not ('\'' or '|')
            && char.GetUnicodeCategory(next)
                is not (
                    UnicodeCategory.UppercaseLetter
                    or UnicodeCategory.LowercaseLetter
                    or UnicodeCategory.TitlecaseLetter
                    or UnicodeCategory.ModifierLetter
                    or UnicodeCategory.OtherLetter
                    or UnicodeCategory.NonSpacingMark
                    or UnicodeCategory.SpacingCombiningMark
                    or UnicodeCategory.EnclosingMark
                    or UnicodeCategory.DecimalDigitNumber
                    or UnicodeCategory.LetterNumber
                    or UnicodeCategory.OtherNumber
                );
    }
}
