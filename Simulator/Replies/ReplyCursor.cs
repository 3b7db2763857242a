namespace FlowGpt.Simulator.Replies;

/// <summary>Walks a reply's fragments: those of its head, then the padding words.</summary>
internal struct ReplyCursor(Reply reply)
{
    private FragmentCursor _head = new(reply.Head, reply.FragmentCharacters);
    private int _index = -1;

    /// <summary>The current fragment's place in the reply, from 0.</summary>
    public readonly int Index => _index;

    public readonly bool IsPadding => _index >= reply.HeadFragments;

    /// <summary>The current padding word's place, from 0; only for padding.</summary>
    public readonly int PadIndex => _index - reply.HeadFragments;

    public readonly ReadOnlySpan<char> Current => IsPadding ? PadWords.Word(PadIndex) : _head.Current;

    public bool MoveNext()
    {
        if (_index + 1 >= reply.Fragments)
        {
            return false;
        }

        _index++;
        return IsPadding || _head.MoveNext();
    }
}
