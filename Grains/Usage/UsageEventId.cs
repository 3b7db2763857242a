using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace FlowGpt.Grains.Usage;

/// <summary>A response id in 16 bytes. An id that ends in 32 hexadecimal digits is those digits' number; any other is the XXH128 of its
/// characters: response ids are made by this server, so no client can choose two ids with the same hash.</summary>
internal static class UsageEventId
{
    /// <summary>Bytes of one id in a stored record.</summary>
    public const int Size = 16;

    private const int HexDigits = 32;
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    public static UInt128 Of(string responseId)
    {
        if (responseId.Length >= HexDigits)
        {
            var tail = responseId.AsSpan(responseId.Length - HexDigits);
            if (!tail.ContainsAnyExcept(LowerHex))
            {
                return UInt128.Parse(tail, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            }
        }

        return XxHash128.HashToUInt128(MemoryMarshal.AsBytes(responseId.AsSpan()));
    }

    /// <summary>Ids one after the other, big-endian.</summary>
    public static byte[] ToStored(IEnumerable<UInt128> ids, int count)
    {
        var stored = new byte[count * Size];
        var at = 0;
        foreach (var id in ids)
        {
            BinaryPrimitives.WriteUInt128BigEndian(stored.AsSpan(at), id);
            at += Size;
        }

        return stored;
    }
}
