using System.Buffers;
using System.Text;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Json;

namespace FlowGpt.Simulator.Replies;

/// <summary>
/// Writes one text fragment as the upstream frames it: <c>{"event":"text","data":"…"}</c> and a line feed. Only what JSON requires is
/// escaped, so U+2028, U+2029 and U+0085 stand raw inside the string, which the upstream is known to do.
/// </summary>
internal static class TextFrame
{
    public static ReadOnlySpan<byte> Opening => "{\"event\":\"text\",\"data\":\""u8;

    public static ReadOnlySpan<byte> Closing => "\"}"u8;

    /// <param name="writer">Where the line goes.</param>
    /// <param name="fragment">The text; a surrogate pair must be whole.</param>
    /// <param name="style">How to escape and how to end the line.</param>
    /// <returns>The UTF-8 length of the text itself, without framing and escapes.</returns>
    public static int Write(IBufferWriter<byte> writer, ReadOnlySpan<char> fragment, FrameStyle style)
    {
        var span = writer.GetSpan((fragment.Length * JsonText.WorstBytesPerCharacter) + Opening.Length + Closing.Length + 2);
        Opening.CopyTo(span);
        var written = Opening.Length;
        written += JsonText.Write(fragment, span[written..], style.EscapeNonAscii);
        Closing.CopyTo(span[written..]);
        written += Closing.Length;
        style.LineEnd.CopyTo(span[written..]);
        written += style.LineEnd.Length;
        writer.Advance(written);
        return Encoding.UTF8.GetByteCount(fragment);
    }
}
