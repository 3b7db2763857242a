using System.Buffers;

namespace FlowGpt.Simulator.Replies;

/// <summary>
/// Writes a reply without delays or decorations in large blocks, padding from ready-made bytes: this is the path that load tests take,
/// and it has to cost next to nothing.
/// </summary>
internal struct PlainReplyWriter(Reply reply)
{
    private const int BlockBytes = 32 * 1024;

    private ReplyCursor _cursor = new(reply);

    /// <summary>What was written so far.</summary>
    public SentText Sent { get; private set; }

    /// <summary>Writes about 32 KiB.</summary>
    /// <returns>Whether there is more.</returns>
    public bool WriteBlock(IBufferWriter<byte> writer)
    {
        var stop = Sent.Bytes + BlockBytes;
        while (_cursor.MoveNext())
        {
            var fragment = _cursor.Current;
            int bytes;
            if (_cursor.IsPadding)
            {
                writer.Write(PadWords.FrameOf(_cursor.PadIndex));
                bytes = PadWords.Utf8Length(_cursor.PadIndex);
            }
            else
            {
                bytes = TextFrame.Write(writer, fragment, default);
            }

            Sent = Sent.Plus(fragment.Length, bytes);
            if (Sent.Bytes >= stop)
            {
                return true;
            }
        }

        return false;
    }
}
