using System.Buffers;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams;

/// <summary>Gives the events of a reply to a sink. Deltas of one item that come in one read are joined to one event. Used by one reply; not thread-safe.</summary>
internal abstract class JoinedDeltas
{
    private const int None = -1;

    private ITurnEventSink? _events;
    private EventKind _kind;
    private int _item = None;

    /// <summary>How many events were given since <see cref="Begin"/>.</summary>
    public int Given { get; private set; }

    /// <summary>The delta that is held back to be joined with the next one; see <see cref="Continue"/>.</summary>
    protected ArrayBufferWriter<byte> Held { get; } = new(1024);

    /// <summary>Events go to this sink from now on.</summary>
    public void Begin(ITurnEventSink events)
    {
        _events = events;
        Given = 0;
    }

    /// <summary>Gives the delta that is held back to be joined.</summary>
    public void Flush()
    {
        if (Held.WrittenCount > 0)
        {
            Append(_kind, _item, Held.WrittenSpan);
            Held.ResetWrittenCount();
        }

        _item = None;
    }

    /// <summary>What is written to <see cref="Held"/> from now on belongs to this item.</summary>
    protected void Continue(EventKind kind, int item)
    {
        if (_item != item || _kind != kind)
        {
            Flush();
            (_kind, _item) = (kind, item);
        }
    }

    /// <summary>Gives an event, after the delta that is held back.</summary>
    protected void Give(EventKind kind, int item, ReadOnlySpan<byte> payload)
    {
        Flush();
        Append(kind, item, payload);
    }

    private void Append(EventKind kind, int item, ReadOnlySpan<byte> payload)
    {
        _events!.Append(kind, item, payload);
        Given++;
    }
}
