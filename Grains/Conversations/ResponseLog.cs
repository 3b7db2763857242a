using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// The append-only, sequence-numbered log of one response's text. Entry <c>n</c> never changes, so a reader that resumes from any
/// sequence gets exactly the rest. Not thread-safe: the conversation's scheduler serialises it.
/// </summary>
public sealed class ResponseLog
{
    private const int FirstCapacity = 512;
    private byte[] _text = [];
    private int[] _ends = new int[8];
    private int _length;
    private int _entries;

    /// <summary>Sequence number of the next entry; entries are numbered from 0.</summary>
    public int NextSequence => _entries;

    /// <summary>Whether any text was appended: from then on a failure can no longer be retried unseen.</summary>
    public bool HasText => _length > 0;

    /// <summary>How far the response is.</summary>
    public ResponseStatus Status { get; private set; } = ResponseStatus.Queued;

    /// <summary>How it ended; null before.</summary>
    public ResponseOutcome? Outcome { get; private set; }

    /// <summary>Whether it has ended.</summary>
    public bool IsClosed => Outcome is not null;

    /// <summary>All text so far.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

    /// <summary>Appends one entry of whole UTF-8 characters. An empty one is no entry.</summary>
    /// <exception cref="InvalidOperationException">The log is closed.</exception>
    public void Append(ReadOnlySpan<byte> text)
    {
        if (IsClosed)
        {
            throw new InvalidOperationException("The response has ended; its log takes no more text.");
        }

        if (text.IsEmpty)
        {
            return;
        }

        if (_text.Length - _length < text.Length)
        {
            Array.Resize(ref _text, Math.Max(Math.Max(FirstCapacity, _text.Length * 2), _length + text.Length));
        }

        text.CopyTo(_text.AsSpan(_length));
        _length += text.Length;
        if (_entries == _ends.Length)
        {
            Array.Resize(ref _ends, _ends.Length * 2);
        }

        _ends[_entries++] = _length;
        Status = ResponseStatus.Running;
    }

    /// <summary>Ends the response. The first end stands; a later one is ignored.</summary>
    public void Close(ResponseStatus status, ResponseOutcome outcome)
    {
        if (!IsClosed)
        {
            Status = status;
            Outcome = outcome;
        }
    }

    /// <summary>Whether a reader at this sequence has something to learn.</summary>
    public bool HasNews(int fromSequence) => fromSequence < _entries || IsClosed;

    /// <summary>A copy of the text of all entries from <paramref name="fromSequence"/> on; empty when there are none.</summary>
    public byte[] TextFrom(int fromSequence)
    {
        if (fromSequence >= _entries)
        {
            return [];
        }

        var start = fromSequence <= 0 ? 0 : _ends[fromSequence - 1];
        return _text.AsSpan(start, _length - start).ToArray();
    }
}
