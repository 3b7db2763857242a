using System.Buffers.Text;
using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using System.Reflection;
using System.Text;

namespace FlowGpt.Grains.Tokens;

/// <summary>
/// The tokens of the o200k encoding by their bytes, read-only: all bytes in one array, and a table of 32-bit slots to find them by, about 5 MB in all.
/// A token's rank is its place in the list; the byte-pair encoding merges the pair of lowest rank first.
/// </summary>
internal sealed class Vocabulary
{
    private const string DataAssembly = "Microsoft.ML.Tokenizers.Data.O200kBase";
    private const string DataName = "o200k_base.tiktoken.deflate";

    // A slot is 0, or a part of the token's hash before the rank plus one. The table is twice as large as there may be ranks.
    private const int RankBits = 18;
    private const uint RankMask = (1u << RankBits) - 1;
    private const int TableSize = 1 << (RankBits + 1);

    private readonly uint[] _slots = new uint[TableSize];
    private readonly int[] _ends;
    private byte[] _bytes = new byte[1 << 20];
    private int _count;

    private Vocabulary(int capacity) => _ends = new int[capacity + 1];

    /// <summary>How many tokens there are, without the special tokens.</summary>
    public int Count => _count;

    /// <summary>Reads the vocabulary from the assembly that holds its data.</summary>
    /// <exception cref="InvalidDataException">The data are not what is expected.</exception>
    public static Vocabulary Load()
    {
        using var data =
            Assembly.Load(DataAssembly).GetManifestResourceStream(DataName)
            ?? throw new InvalidDataException($"{DataAssembly} has no {DataName}.");
        using var text = new DeflateStream(data, CompressionMode.Decompress);
        return Read(text);
    }

    /// <summary>The token's rank; -1 for bytes that are no token.</summary>
    public int RankOf(ReadOnlySpan<byte> token)
    {
        var (at, tag) = PlaceOf(token);
        for (; _slots[at] is var slot and not 0; at = (at + 1) & (TableSize - 1))
        {
            if ((slot & ~RankMask) == tag)
            {
                var rank = (int)(slot & RankMask) - 1;
                if (BytesOf(rank).SequenceEqual(token))
                {
                    return rank;
                }
            }
        }

        return -1;
    }

    // The first line says how many lines follow at most; each other is a token's bytes in base64, in the order of the ranks.
    private static Vocabulary Read(Stream text)
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        Vocabulary? tokens = null;
        while (text.Read(buffer, length, buffer.Length - length) is > 0 and var read)
        {
            length += read;
            var lines = buffer.AsSpan(0, length);
            for (int end; (end = lines.IndexOf((byte)'\n')) >= 0; lines = lines[(end + 1)..])
            {
                var line = lines[..end].TrimEnd((byte)'\r');
                if (tokens is null)
                {
                    tokens = new Vocabulary(CapacityIn(line));
                }
                else
                {
                    tokens.Add(line);
                }
            }

            lines.CopyTo(buffer);
            length = lines.Length;
        }

        return tokens is { Count: > 0 } && length == 0 ? tokens : throw new InvalidDataException($"{DataName} is not whole.");
    }

    private static int CapacityIn(ReadOnlySpan<byte> line) =>
        line.StartsWith("Capacity: "u8)
        && int.TryParse(line["Capacity: ".Length..], CultureInfo.InvariantCulture, out var capacity)
        && capacity is > 0 and < (int)RankMask
            ? capacity
            : throw new InvalidDataException($"{DataName} does not begin with its capacity: {Encoding.UTF8.GetString(line)}");

    private void Add(ReadOnlySpan<byte> line)
    {
        var start = _ends[_count];
        if (_bytes.Length - start < line.Length)
        {
            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        if (
            _count == _ends.Length - 1
            || Base64.DecodeFromUtf8(line, _bytes.AsSpan(start), out _, out var written) != System.Buffers.OperationStatus.Done
            || written == 0
        )
        {
            throw new InvalidDataException($"{DataName} has a bad line after {_count} tokens.");
        }

        _ends[++_count] = start + written;
        var (at, tag) = PlaceOf(_bytes.AsSpan(start, written));
        while (_slots[at] != 0)
        {
            at = (at + 1) & (TableSize - 1);
        }

        _slots[at] = tag | (uint)_count;
    }

    private ReadOnlySpan<byte> BytesOf(int rank) => _bytes.AsSpan(_ends[rank], _ends[rank + 1] - _ends[rank]);

    private static (int At, uint Tag) PlaceOf(ReadOnlySpan<byte> token)
    {
        var hash = XxHash3.HashToUInt64(token);
        return ((int)(hash & (TableSize - 1)), (uint)(hash >> 32) & ~RankMask);
    }
}
