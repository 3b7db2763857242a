using System.Buffers;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>What the single text of a chunk is.</summary>
internal enum RepeatedContent
{
    /// <summary>Text of the message.</summary>
    Text,

    /// <summary>Readable reasoning.</summary>
    Reasoning,

    /// <summary>A piece of a tool call's arguments.</summary>
    Arguments,
}

/// <summary>
/// The latest chunk whose only effect was one text: a chunk that differs from it in that text alone has the same effect with the other text, so its JSON need not be read.
/// Servers send nearly all chunks of a reply so. Used by one reply; not thread-safe.
/// </summary>
internal sealed class RepeatedChunk
{
    // What a JSON string cannot have as it stands, and the backslash, after which the text is not the bytes.
    private static readonly SearchValues<byte> NotPlain = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(static one => (byte)one),
        (byte)'"',
        (byte)'\\',
    ]);

    private byte[] _bytes = [];
    private int _head;
    private int _tail;
    private int _effects;
    private int _start;
    private int _length;
    private bool _isPlain;

    /// <summary>What the text of a repeated chunk is.</summary>
    public RepeatedContent Content { get; private set; }

    /// <summary>The index of the call, for arguments.</summary>
    public int? Index { get; private set; }

    /// <summary>The kind of the call, for arguments.</summary>
    public ToolKind Kind { get; private set; }

    /// <summary>Whether a chunk differs from the kept chunk in its text alone.</summary>
    /// <param name="data">The chunk.</param>
    /// <param name="text">Its text, in which nothing is escaped.</param>
    public bool Matches(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (_head == 0 || data.Length < _head + _tail)
        {
            return false;
        }

        var kept = _bytes.AsSpan(0, _head + _tail);
        if (!data.EndsWith(kept[_head..]) || !data.StartsWith(kept[.._head]))
        {
            return false;
        }

        text = data[_head..^_tail];
        return !text.ContainsAny(NotPlain);
    }

    /// <summary>A chunk is about to be read as JSON.</summary>
    public void Begin() => _effects = 0;

    /// <summary>The chunk has an effect that is no text.</summary>
    public void NoteOther() => _effects = int.MaxValue / 2;

    /// <summary>The chunk has a text.</summary>
    /// <param name="content">What the text is.</param>
    /// <param name="start">Where the text begins, after the quotation mark.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="isEscaped">Whether something in the text is escaped.</param>
    public void Note(RepeatedContent content, int start, int length, bool isEscaped)
    {
        _effects++;
        (_start, _length, _isPlain) = (start, length, !isEscaped);
        Content = content;
        // The chunk that was kept is of another content perhaps.
        _head = 0;
    }

    /// <summary>The chunk has a piece of a tool call's arguments, and neither id nor name.</summary>
    public void NoteArguments(int? index, ToolKind kind, int start, int length, bool isEscaped)
    {
        Note(RepeatedContent.Arguments, start, length, isEscaped);
        (Index, Kind) = (index, kind);
    }

    /// <summary>The chunk was read: it is kept if one text was its only effect.</summary>
    public void Keep(ReadOnlySpan<byte> data, bool mayRepeat)
    {
        if (_effects != 1 || !mayRepeat || !_isPlain)
        {
            return;
        }

        (_head, _tail) = (_start, data.Length - _start - _length);
        if (_bytes.Length < _head + _tail)
        {
            _bytes = new byte[_head + _tail];
        }

        data[.._head].CopyTo(_bytes);
        data[^_tail..].CopyTo(_bytes.AsSpan(_head));
    }
}
