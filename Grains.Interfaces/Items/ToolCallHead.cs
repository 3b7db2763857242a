using System.Buffers;
using System.Text;

namespace FlowGpt.Grains.Interfaces.Items;

/// <summary>What is known of a tool call at its start, and its form in the log: kind, call id and name with zero bytes between them.</summary>
/// <param name="Kind">What kind of tool.</param>
/// <param name="CallId">Names the call.</param>
/// <param name="Name">The tool.</param>
public readonly record struct ToolCallHead(ToolKind Kind, string CallId, string Name)
{
    /// <summary>Writes the payload of <see cref="EventKind.ToolCallStarted"/>.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        output.Write([(byte)('0' + (int)Kind)]);
        output.Write("\0"u8);
        Encoding.UTF8.GetBytes(CallId, output);
        output.Write("\0"u8);
        Encoding.UTF8.GetBytes(Name, output);
    }

    /// <summary>Reads a payload that <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">The payload was not written by <see cref="Write"/>.</exception>
    public static ToolCallHead Read(ReadOnlySpan<byte> payload)
    {
        var rest = payload.Length > 2 ? payload[2..] : throw new FormatException("The payload of a tool call's start is too short.");
        var end = rest.IndexOf((byte)0);
        return end < 0
            ? throw new FormatException("The payload of a tool call's start has no name.")
            : new((ToolKind)(payload[0] - '0'), Encoding.UTF8.GetString(rest[..end]), Encoding.UTF8.GetString(rest[(end + 1)..]));
    }
}
