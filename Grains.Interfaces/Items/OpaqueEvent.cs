using System.Buffers;
using System.Text;

namespace FlowGpt.Grains.Interfaces.Items;

/// <summary>An opaque item in the log: the dialect that knows the item and the item's JSON, with a zero byte between them.</summary>
/// <param name="Dialect">See <see cref="DialectNames"/>.</param>
/// <param name="Json">One JSON object.</param>
public readonly record struct OpaqueEvent(string Dialect, string Json)
{
    /// <summary>Writes the payload of <see cref="EventKind.OpaqueItem"/>.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        Encoding.UTF8.GetBytes(Dialect, output);
        output.Write("\0"u8);
        Encoding.UTF8.GetBytes(Json, output);
    }

    /// <summary>Reads a payload that <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">The payload was not written by <see cref="Write"/>.</exception>
    public static OpaqueEvent Read(ReadOnlySpan<byte> payload)
    {
        var end = payload.IndexOf((byte)0);
        return end < 0
            ? throw new FormatException("The payload of an opaque item names no dialect.")
            : new(Encoding.UTF8.GetString(payload[..end]), Encoding.UTF8.GetString(payload[(end + 1)..]));
    }
}
