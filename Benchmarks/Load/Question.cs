using System.Buffers.Text;
using System.Text;

namespace FlowGpt.Benchmarks.Load;

/// <summary>
/// The question of every request: the same words around a marker of its own, so that a reply that belongs to another request, or that
/// lost a part, is told from the right one.
/// </summary>
internal static class Question
{
    /// <summary>Stands where a marker goes; as long as every marker.</summary>
    public const string Placeholder = "########";

    /// <summary>The question, with the placeholder.</summary>
    public const string Text = "Marker " + Placeholder + ": tell me about rivers and lanterns.";

    /// <summary>The simulator's whole reply to <see cref="Text"/>, with the placeholder, in UTF-8.</summary>
    public static byte[] Reply(int tokens) => Encoding.UTF8.GetBytes(Simulator.Replies.Reply.Plan("Echo: " + Text, 0, tokens).Text(tokens));

    /// <summary>Writes a marker over the placeholder or over an earlier marker.</summary>
    public static void WriteMarker(Span<byte> at, int marker) =>
        Utf8Formatter.TryFormat(marker, at[..Placeholder.Length], out _, new('D', (byte)Placeholder.Length));
}
