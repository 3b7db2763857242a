using System.Buffers;
using System.Text;

namespace FlowGpt.Grains.Replies;

/// <summary>
/// Removes a bold label such as <c>**GPT-4 Response:** </c> from the start of a reply: exactly what the regular expression
/// <c>^\s*\*\*[^*\n]{0,60}Response:\*\*\s*</c> matches on the whole text, however it is split into fragments. Text is held back only
/// while it can still become a match, released at once when it can't, and flushed by <see cref="Finish"/>. One reply each; not thread-safe.
/// </summary>
internal sealed class ResponsePrefixCleaner
{
    // The expression counts in UTF-16 units, as .NET's engine does.
    private const int MaxLabelUnits = 60;

    private readonly ArrayBufferWriter<byte> _held = new();
    private State _state = State.LeadingSpace;
    private int _labelUnits;

    // How much of "Response:" the label ends with, and where that occurrence began.
    private int _keyword;

    private enum State
    {
        LeadingSpace,
        SecondStar,
        Label,
        ClosingStar,
        TrailingSpace,
        Done,
    }

    private static ReadOnlySpan<byte> Keyword => "Response:"u8;

    /// <summary>Whether nothing is held and everything that follows passes unchanged.</summary>
    public bool IsDone => _state == State.Done;

    /// <summary>
    /// Takes a fragment of whole characters. What may be passed on is <paramref name="released"/> followed by <paramref name="rest"/>;
    /// <paramref name="released"/> is valid until the next call.
    /// </summary>
    public void Push(ReadOnlySpan<byte> fragment, out ReadOnlySpan<byte> released, out ReadOnlySpan<byte> rest)
    {
        released = default;
        rest = default;
        if (_state == State.Done)
        {
            rest = fragment;
            return;
        }

        var at = 0;
        while (at < fragment.Length)
        {
            _ = Rune.DecodeFromUtf8(fragment[at..], out var rune, out var length);
            if (!Step(rune))
            {
                var matched = _state == State.TrailingSpace;
                _state = State.Done;
                released = matched ? default : _held.WrittenSpan;
                rest = matched ? fragment[at..] : fragment;
                return;
            }

            at += length;
        }

        if (_state != State.TrailingSpace)
        {
            _held.Write(fragment);
        }
    }

    /// <summary>The reply has ended: gives back what was held. Nothing may be pushed afterwards.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        var matched = _state is State.TrailingSpace or State.Done;
        _state = State.Done;
        return matched ? default : _held.WrittenSpan;
    }

    /// <summary>Whether the text including this character may still match, or continues a match's trailing white space.</summary>
    private bool Step(Rune rune)
    {
        switch (_state)
        {
            case State.LeadingSpace when Rune.IsWhiteSpace(rune):
            case State.TrailingSpace when Rune.IsWhiteSpace(rune):
                return true;
            case State.LeadingSpace when rune.Value == '*':
                _state = State.SecondStar;
                return true;
            case State.SecondStar when rune.Value == '*':
                _state = State.Label;
                return true;
            case State.Label when rune.Value == '*':
                _state = State.ClosingStar;
                return _keyword == Keyword.Length;
            case State.Label:
                return StepLabel(rune);
            case State.ClosingStar when rune.Value == '*':
                _state = State.TrailingSpace;
                _held.ResetWrittenCount();
                return true;
            default:
                return false;
        }
    }

    private bool StepLabel(Rune rune)
    {
        if (rune.Value == '\n')
        {
            return false;
        }

        _labelUnits += rune.Utf16SequenceLength;
        // "Response:" has its first letter nowhere else, so a mismatch can only start it afresh.
        _keyword =
            _keyword < Keyword.Length && rune.Value == Keyword[_keyword] ? _keyword + 1
            : rune.Value == Keyword[0] ? 1
            : 0;
        return _labelUnits - _keyword <= MaxLabelUnits;
    }
}
