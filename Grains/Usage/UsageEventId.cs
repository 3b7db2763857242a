using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using FlowGpt.Grains.Interfaces.Digests;

namespace FlowGpt.Grains.Usage;

/// <summary>A response id in 16 bytes. An id that ends in 32 hexadecimal digits is those digits' number; any other is the XXH128 of its
/// characters: response ids are made by this server, so no client can choose two ids with the same hash.</summary>
internal static class UsageEventId
{
    /// <summary>Bytes of one id in a stored record.</summary>
    public const int Size = Digest.Size;

    private const int HexDigits = 32;
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    public static Digest Of(string responseId)
    {
        if (responseId.Length >= HexDigits)
        {
            var tail = responseId.AsSpan(responseId.Length - HexDigits);
            if (!tail.ContainsAnyExcept(LowerHex))
            {
                return new(Half(tail[..16]), Half(tail[16..]));
            }
        }

        Span<byte> hash = stackalloc byte[Size];
        XxHash128.Hash(MemoryMarshal.AsBytes(responseId.AsSpan()), hash);
        return Digest.Read(hash);

        static ulong Half(ReadOnlySpan<char> digits) => ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    /// <summary>Ids one after the other, big-endian.</summary>
    public static byte[] ToStored(IEnumerable<Digest> ids, int count)
    {
        var stored = new byte[count * Size];
        var at = 0;
        foreach (var id in ids)
        {
            id.Write(stored.AsSpan(at));
            at += Size;
        }

        return stored;
    }
}
