using System.Buffers;
using System.Text;
using FlowGpt.Grains.Tokens;

namespace FlowGpt.Grains.Replies;

/// <summary>
/// Cuts a reply after its first N o200k tokens, in whole characters: where a token ends inside a character, that character is dropped.
/// The cut is where the whole text would be cut, however the text is split. A token has at least one byte, so text passes at once while its bytes could not
/// exceed what is left; only close to the limit an unfinished word is held back. Each piece of text is tokenised once. One reply each; not thread-safe.
/// </summary>
internal sealed class OutputTokenLimit
{
    private readonly ArrayBufferWriter<byte> _pending = new();
    private int _left;

    // How many of the pending bytes went on already.
    private int _passed;

    /// <param name="limit">The most tokens; at least 1.</param>
    public OutputTokenLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _left = limit;
    }

    /// <summary>Whether the text has more tokens than allowed. What is appended afterwards is dropped.</summary>
    public bool Reached { get; private set; }

    /// <summary>Takes whole characters and writes what may be passed on.</summary>
    public void Append(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        if (Reached || text.IsEmpty)
        {
            return;
        }

        _pending.Write(text);
        if (_pending.WrittenCount > _left)
        {
            Settle(isWhole: false, output);
        }

        if (!Reached)
        {
            Pass(Math.Min(_pending.WrittenCount, _left), output);
        }
    }

    /// <summary>The reply has ended: writes what was held, up to the limit.</summary>
    public void Finish(IBufferWriter<byte> output)
    {
        if (!Reached && _passed < _pending.WrittenCount)
        {
            Settle(isWhole: true, output);
        }
    }

    /// <summary>Tokenises the pending pieces whose borders are certain, and cuts in the piece that exceeds the limit.</summary>
    private void Settle(bool isWhole, IBufferWriter<byte> output)
    {
        var pending = _pending.WrittenSpan;
        var rented = ArrayPool<char>.Shared.Rent(pending.Length);
        try
        {
            var text = rented.AsSpan(0, Encoding.UTF8.GetChars(pending, rented));
            var settled = 0;
            while (settled < text.Length && !Reached)
            {
                if (_left == 0)
                {
                    // Something follows, and it has its own token.
                    Reached = true;
                    break;
                }

                var piece = TokenPieces.First(text[settled..], isWhole);
                if (piece == 0)
                {
                    break;
                }

                settled += Take(text.Slice(settled, piece));
            }

            var bytes = Math.Min(pending.Length, Encoding.UTF8.GetByteCount(text[..settled]));
            Pass(bytes, output);
            DropFirst(bytes);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented, clearArray: true);
        }
    }

    /// <summary>Counts a piece against what is left; returns how many of its characters are within.</summary>
    private int Take(ReadOnlySpan<char> piece)
    {
        var tokens = TokenCounter.Encoder.Count(piece);
        if (tokens <= _left)
        {
            _left -= tokens;
            return piece.Length;
        }

        // Tokens that share a character overlap: the next token begins where the first incomplete token does.
        Reached = true;
        return TokenCounter.Encoder.Within(piece, _left);
    }

    /// <summary>Writes the pending bytes up to here that did not go on yet, in whole characters.</summary>
    private void Pass(int end, IBufferWriter<byte> output)
    {
        var pending = _pending.WrittenSpan;
        while (end < pending.Length && end > 0 && (pending[end] & 0xC0) == 0x80)
        {
            end--;
        }

        if (end > _passed)
        {
            output.Write(pending[_passed..end]);
            _passed = end;
        }
    }

    private void DropFirst(int count)
    {
        var rest = _pending.WrittenSpan[count..];
        _pending.ResetWrittenCount();
        _pending.Write(rest);
        _passed = Math.Max(0, _passed - count);
    }
}
