using System.Buffers;
using System.Text;

namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>
/// Divides a model's reply into text, thoughts and calls while the reply comes in. Text goes on at once, up to where a tag can begin; a call goes on when the call is
/// whole. Tags in Markdown code, tags right after an opening quote, escaped tags, and tags that no call follows are text. The result is that of the whole reply however
/// it is split, also inside a character. One reply each; not thread-safe.
/// </summary>
internal sealed partial class ToolReplyParser(ToolSet tools, IToolReplySink sink)
{
    private static readonly SearchValues<byte> Marks = SearchValues.Create("<`~\n"u8);

    private const string CutOff = "The block ended before the call.";

    /// <summary>Tags inside one call's strings that may have ended the call: bounded, so that no reply takes more than linear time.</summary>
    private const int MostAttempts = 32;

    private readonly ArrayBufferWriter<byte> _held = new(256);
    private readonly CodeSpans _code = new();
    private State _state = State.Start;
    private int _scanned;
    private string? _name;
    private int _attempts;

    /// <summary>The last four bytes of the text; 0 where none came.</summary>
    private uint _before;

    /// <summary>Opening tags that were text and that no closing tag has followed.</summary>
    private int _openAsText;

    private enum State
    {
        /// <summary>Nothing but white space has come.</summary>
        Start,
        Thought,
        Text,
        Call,

        /// <summary>A result that the model made up.</summary>
        Result,
    }

    /// <summary>What ends what the text so far leaves open: a block of code, or thoughts; empty when nothing is open.</summary>
    public string Closing => _state == State.Thought ? ThoughtTags.End : _code.Fence;

    /// <summary>Whether a tag that comes next is shown and not meant: in code, or right after an opening quote.</summary>
    private bool IsShown => _code.IsInside || Quotes.IsOpening(_before);

    /// <summary>Takes more of the reply.</summary>
    public void Push(ReadOnlySpan<byte> fragment)
    {
        if (_held.WrittenCount == 0 && _state == State.Text && fragment.IndexOfAny(Marks) < 0)
        {
            _code.Pass(fragment);
            Give(fragment);
            return;
        }

        _held.Write(fragment);
        Run(isEnd: false);
    }

    /// <summary>The reply has ended: gives what was held back. Nothing may be pushed afterwards.</summary>
    public void Finish() => Run(isEnd: true);

    private void Run(bool isEnd)
    {
        var at = 0;
        while (Step(_held.WrittenSpan, ref at, isEnd)) { }

        if (at > 0)
        {
            var rest = _held.WrittenSpan[at..].ToArray();
            _held.ResetWrittenCount();
            _held.Write(rest);
            _scanned = Math.Max(0, _scanned - at);
        }
    }

    /// <summary>Goes on from <paramref name="at"/>; false when more is needed.</summary>
    private bool Step(ReadOnlySpan<byte> held, ref int at, bool isEnd) =>
        _state switch
        {
            State.Start => StepStart(held, ref at, isEnd),
            State.Thought => StepThought(held, ref at, isEnd),
            State.Text => StepText(held, ref at, isEnd),
            State.Call => StepCall(held, ref at, isEnd),
            _ => StepResult(held, ref at, isEnd),
        };

    private bool StepStart(ReadOnlySpan<byte> held, ref int at, bool isEnd)
    {
        var begin = held.IndexOfAnyExcept(" \t\r\n"u8);
        if (begin < 0)
        {
            _state = isEnd ? State.Text : State.Start;
            return isEnd;
        }

        var rest = held[begin..];
        foreach (var tag in ThoughtTags.Opening)
        {
            if (rest.StartsWith(tag))
            {
                at = begin + tag.Length;
                _state = State.Thought;
                return true;
            }

            if (!isEnd && tag.AsSpan().StartsWith(rest))
            {
                return false;
            }
        }

        _state = State.Text;
        return true;
    }

    private bool StepThought(ReadOnlySpan<byte> held, ref int at, bool isEnd)
    {
        while (at < held.Length)
        {
            var rest = held[at..];
            var mark = rest.IndexOf((byte)'<');
            if (mark != 0)
            {
                sink.Thought(mark < 0 ? rest : rest[..mark]);
                at = mark < 0 ? held.Length : at + mark;
                continue;
            }

            var match = ThoughtTags.MatchClosing(rest, out var length);
            if (match == TagMatch.Maybe && !isEnd)
            {
                return false;
            }

            if (match == TagMatch.Yes)
            {
                at += length;
                _state = State.Text;
                return true;
            }

            sink.Thought(rest[..1]);
            at++;
        }

        return false;
    }

    private bool StepText(ReadOnlySpan<byte> held, ref int at, bool isEnd)
    {
        while (at < held.Length)
        {
            var rest = held[at..];
            var mark = rest.IndexOfAny(Marks);
            if (mark != 0)
            {
                var text = mark < 0 ? rest : rest[..mark];
                Pass(text, ref at);
                continue;
            }

            if (rest[0] != '<')
            {
                var run = _code.Take(rest, isEnd);
                if (run == 0)
                {
                    return false;
                }

                Give(rest[..run]);
                at += run;
                continue;
            }

            if (!TakeTag(rest, ref at, isEnd, out var goOn))
            {
                return goOn;
            }
        }

        return false;
    }

    /// <summary>Decides on a <c>&lt;</c> in text. False: leave the text, to go on in another state or to wait.</summary>
    private bool TakeTag(ReadOnlySpan<byte> rest, ref int at, bool isEnd, out bool goOn)
    {
        goOn = false;
        var match = ProtocolTag.Match(rest, isEnd, out var tag);
        if (match == TagMatch.Maybe)
        {
            if (isEnd && !IsShown && _code.IsLineStart && ProtocolTag.IsCut(rest))
            {
                at += rest.Length;
                sink.Broken(new("", CutOff, IsCut: true));
            }
            else if (!isEnd)
            {
                return false;
            }
            else
            {
                Pass(rest[..1], ref at);
            }

            return true;
        }

        if (match == TagMatch.No)
        {
            Pass(rest[..1], ref at);
            return true;
        }

        if (tag.Underscores > 0)
        {
            // Text that only looked like a tag before the prompt escaped it.
            Pass("<"u8, ref at);
            at++;
            Pass(rest[2..tag.Length], ref at);
            return true;
        }

        if (IsShown)
        {
            PassTag(rest, tag, ref at);
            return true;
        }

        return TakeRealTag(rest, tag, ref at, isEnd, out goOn);
    }

    private bool TakeRealTag(ReadOnlySpan<byte> rest, in ProtocolTag tag, ref int at, bool isEnd, out bool goOn)
    {
        goOn = true;
        switch (tag.Kind)
        {
            case TagKind.Call:
                var follows = CallReader.MatchStart(tools, rest[tag.Length..]);
                if (follows == TagMatch.Maybe && !isEnd)
                {
                    goOn = false;
                    return false;
                }

                if (follows == TagMatch.No || (follows == TagMatch.Maybe && !_code.IsLineStart))
                {
                    PassTag(rest, tag, ref at);
                    return true;
                }

                if (follows == TagMatch.Maybe)
                {
                    at += rest.Length;
                    sink.Broken(new("", CutOff, IsCut: true));
                    return true;
                }

                _name = tag.NameLength == 0 ? null : Encoding.UTF8.GetString(rest.Slice(tag.NameStart, tag.NameLength));
                at += tag.Length;
                _scanned = at;
                _attempts = 0;
                _state = State.Call;
                return false;
            case TagKind.Result when _code.IsLineStart:
                at += tag.Length;
                _state = State.Result;
                return false;
            case TagKind.Result:
                PassTag(rest, tag, ref at);
                return true;
            default:
                return TakeStrayEnd(rest, tag, ref at, isEnd, out goOn);
        }
    }

    /// <summary>An end without a beginning: text inside a line and after a beginning that was text, else left out.</summary>
    private bool TakeStrayEnd(ReadOnlySpan<byte> rest, in ProtocolTag tag, ref int at, bool isEnd, out bool goOn)
    {
        goOn = true;
        var next = rest[tag.Length..].IndexOfAnyExcept(" \t\r"u8);
        if (_openAsText == 0 && !_code.IsLineStart && next < 0 && !isEnd)
        {
            goOn = false;
            return false;
        }

        if (_openAsText > 0 || (!_code.IsLineStart && next >= 0 && rest[tag.Length + next] is not ((byte)'\n' or (byte)'<')))
        {
            PassTag(rest, tag, ref at);
        }
        else
        {
            at += tag.Length;
        }

        return true;
    }

    private void PassTag(ReadOnlySpan<byte> rest, in ProtocolTag tag, ref int at)
    {
        var isOpening = tag.Kind is TagKind.Call or TagKind.Result;
        _openAsText = Math.Max(0, _openAsText + (isOpening ? 1 : -1));
        Pass(rest[..tag.Length], ref at);
    }

    private void Pass(ReadOnlySpan<byte> text, ref int at)
    {
        _code.Pass(text);
        Give(text);
        at += text.Length;
    }

    private void Give(ReadOnlySpan<byte> text)
    {
        foreach (var value in text[Math.Max(0, text.Length - sizeof(uint))..])
        {
            _before = (_before << 8) | value;
        }

        sink.Text(text);
    }
}
