using System.Buffers;
using System.Text;

namespace FlowGpt.Grains.Tokens;

/// <summary>
/// Counts tokens by OpenAI's o200k encoding, for usage figures and limits where the upstream gives none. Thread-safe; register it once:
/// its vocabulary takes a noticeable moment to load on first use (<see cref="Warm"/>).
/// </summary>
public sealed class TokenCounter
{
    // Text up to this many UTF-16 units is decoded on the stack.
    private const int StackChars = 512;

    private static readonly Lazy<O200k> Shared = new(static () => new O200k(Vocabulary.Load()));

    /// <summary>The encoding itself, for rules that need token borders.</summary>
    internal static O200k Encoder => Shared.Value;

    /// <summary>Loads the vocabulary now, so that no request pays for it. Idempotent.</summary>
    public void Warm() => Count("warm");

    /// <summary>Tokens of a text.</summary>
    public int Count(string text) => Count(text.AsSpan());

    /// <summary>A text given as UTF-8 without so many tokens at its end.</summary>
    public ReadOnlySpan<byte> WithoutLast(ReadOnlySpan<byte> utf8, long tokens)
    {
        if (tokens <= 0)
        {
            return utf8;
        }

        var text = Encoding.UTF8.GetString(utf8);
        var left = Math.Max(0, Count(utf8) - tokens);
        var end = left == 0 ? 0 : Encoder.Within(text, (int)left);
        return utf8[..Encoding.UTF8.GetByteCount(text.AsSpan(0, end))];
    }

    /// <summary>Tokens of a text given as UTF-8. Nothing is kept of it.</summary>
    public int Count(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= StackChars)
        {
            Span<char> chars = stackalloc char[StackChars];
            return Count(chars[..Encoding.UTF8.GetChars(utf8, chars)]);
        }

        var rented = ArrayPool<char>.Shared.Rent(utf8.Length);
        try
        {
            return Count(rented.AsSpan(0, Encoding.UTF8.GetChars(utf8, rented)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    /// <summary>Tokens of a text; counting stops soon after there are more than <paramref name="most"/>.</summary>
    public int Count(string text, long most) => Count(text.AsSpan(), most);

    /// <summary>
    /// Tokens of a text. Time grows with its length only, however it is made (<see cref="TokenPieces"/>), and with <paramref name="most"/>: counting stops with
    /// the first piece that makes more.
    /// </summary>
    public int Count(ReadOnlySpan<char> text, long most = long.MaxValue)
    {
        var total = 0;
        while (!text.IsEmpty && total <= most)
        {
            var piece = TokenPieces.First(text, isWhole: true);
            total += Encoder.Count(text[..piece]);
            text = text[piece..];
        }

        return total;
    }
}
