using System.Text;

namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <content>Inside the blocks of the protocol.</content>
internal sealed partial class ToolReplyParser
{
    private bool StepCall(ReadOnlySpan<byte> held, ref int at, bool isEnd)
    {
        for (var next = Math.Max(at, _scanned); next < held.Length; next++)
        {
            var mark = held[next..].IndexOf((byte)'<');
            if (mark < 0)
            {
                _scanned = held.Length;
                break;
            }

            next += mark;
            _scanned = next;
            var match = ProtocolTag.Match(held[next..], isEnd, out var tag);
            if (match == TagMatch.Maybe)
            {
                if (!isEnd)
                {
                    return false;
                }

                if (!ProtocolTag.IsPlain(held[next..]))
                {
                    continue;
                }

                // The closing tag was cut.
                EndCall(CallReader.Read(tools, _name, Encoding.UTF8.GetString(held[at..next]), CallEnd.Cut));
                at = held.Length;
                return true;
            }

            if (match == TagMatch.Yes && tag is { Underscores: 0, Kind: not TagKind.ResultEnd } && _attempts++ < MostAttempts)
            {
                var read = CallReader.Read(tools, _name, Encoding.UTF8.GetString(held[at..next]), CallEnd.Closed);
                if (!read.IsCut)
                {
                    EndCall(read);
                    // An opening tag ends the call before it and begins the next call.
                    at = tag.Kind == TagKind.CallEnd ? next + tag.Length : next;
                    return true;
                }
            }

            _scanned = next + 1;
        }

        if (isEnd && at < held.Length)
        {
            EndCall(CallReader.Read(tools, _name, Encoding.UTF8.GetString(held[at..]), CallEnd.Cut));
            at = held.Length;
            return true;
        }

        if (isEnd)
        {
            _state = State.Text;
        }

        return false;
    }

    private bool StepResult(ReadOnlySpan<byte> held, ref int at, bool isEnd)
    {
        while (at < held.Length)
        {
            var mark = held[at..].IndexOf((byte)'<');
            at = mark < 0 ? held.Length : at + mark;
            if (mark < 0)
            {
                break;
            }

            var match = ProtocolTag.Match(held[at..], isEnd, out var tag);
            if (match == TagMatch.Maybe && !isEnd)
            {
                return false;
            }

            var isReal = match == TagMatch.Yes && tag.Underscores == 0;
            if (isReal && tag.Kind != TagKind.Result)
            {
                at += tag.Kind == TagKind.Call ? 0 : tag.Length;
                _state = State.Text;
                _before = 0;
                return true;
            }

            at++;
        }

        return false;
    }

    private void EndCall(in CallsRead read)
    {
        _state = State.Text;
        _before = 0;
        _code.StartLine();
        foreach (var call in read.Calls)
        {
            sink.Call(call);
        }

        if (read.Broken is { } broken)
        {
            sink.Broken(broken);
        }

        if (read.Rest.Length > 0)
        {
            Give(Encoding.UTF8.GetBytes(read.Rest));
        }
    }
}
