using System.Buffers;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>
/// Takes a reply's body apart: server-sent events, or one JSON object from a server that does not stream. Takes every form of events that the standard allows (comments,
/// every line end, no space after the colon, data of several lines), events cut anywhere, and what servers do besides (no empty line between events, errors under
/// <c>error:</c> or <c>event: error</c>). One body each.
/// </summary>
internal sealed class EventStreamReader(IEventReader events, CallLimits limits, int httpStatus)
{
    private enum Form
    {
        Unknown,
        Events,
        Whole,
    }

    private readonly ArrayBufferWriter<byte> _data = new(256);
    private Form _form;
    private bool _skipsLineFeed;
    private bool _isError;
    private UpstreamFailure? _failure;

    /// <summary>Whether the server said that the reply is over.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether the reply came as one JSON object, which is whole or not JSON.</summary>
    public bool IsWholeObject => _form == Form.Whole;

    /// <summary>What failed; null while nothing has.</summary>
    public UpstreamFailure? Failure => _failure ?? events.Failure;

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>Takes everything complete off the front of <paramref name="body"/>, and the rest too when the body has ended.</summary>
    public void Read(ref ReadOnlySequence<byte> body, bool isEnd)
    {
        if (_form == Form.Unknown)
        {
            FindForm(ref body, isEnd);
        }

        if (_form == Form.Events && Failure is null)
        {
            ReadEvents(ref body, isEnd);
        }
        else if (_form == Form.Whole && Failure is null)
        {
            ReadWhole(ref body, isEnd);
        }

        if (IsDone || Failure is not null)
        {
            body = body.Slice(body.End);
        }
    }

    private void FindForm(ref ReadOnlySequence<byte> body, bool isEnd)
    {
        var start = new SequenceReader<byte>(body);
        if (
            !start.IsNext(ByteOrderMark, advancePast: true)
            && !isEnd
            && body.Length < ByteOrderMark.Length
            && start.IsNext(ByteOrderMark[0])
        )
        {
            return;
        }

        start.AdvancePastAny(" \t\r\n"u8);
        body = body.Slice(start.Position);
        if (!start.TryPeek(out var first))
        {
            return;
        }

        _form = first is (byte)'{' or (byte)'[' ? Form.Whole : Form.Events;
        _failure = first == (byte)'<' ? UpstreamFailures.Challenge(httpStatus) : null;
    }

    private void ReadWhole(ref ReadOnlySequence<byte> body, bool isEnd)
    {
        if (body.Length > limits.MaxBodyBytes)
        {
            _failure = UpstreamFailures.InvalidBody(httpStatus);
        }
        else if (isEnd)
        {
            events.Read(body.IsSingleSegment ? body.FirstSpan : body.ToArray());
            body = body.Slice(body.End);
        }
    }

    private void ReadEvents(ref ReadOnlySequence<byte> body, bool isEnd)
    {
        var reader = new SequenceReader<byte>(body);
        while (!IsDone && Failure is null)
        {
            if (_skipsLineFeed && !reader.End)
            {
                reader.IsNext((byte)'\n', advancePast: true);
                _skipsLineFeed = false;
            }

            body = body.Slice(reader.Position);
            reader = new SequenceReader<byte>(body);
            if (!reader.TryReadToAny(out ReadOnlySpan<byte> line, "\r\n"u8, advancePastDelimiter: false))
            {
                break;
            }

            reader.TryRead(out var end);
            if (end == (byte)'\r' && !reader.IsNext((byte)'\n', advancePast: true))
            {
                _skipsLineFeed = reader.End;
            }

            ReadLine(line, reader.TryPeek(out var next) && next is (byte)'\r' or (byte)'\n');
        }

        if (Failure is null && body.Length + _data.WrittenCount > limits.MaxEventBytes)
        {
            _failure = UpstreamFailures.InvalidBody(httpStatus);
        }
        else if (isEnd && !IsDone && Failure is null)
        {
            ReadLine(body.IsSingleSegment ? body.FirstSpan : body.ToArray(), endsEvent: true);
            Dispatch();
            body = body.Slice(body.End);
        }
    }

    private void ReadLine(ReadOnlySpan<byte> line, bool endsEvent)
    {
        if (line.IsEmpty)
        {
            Dispatch();
            _isError = false;
        }
        else if (line.StartsWith("data:"u8))
        {
            ReadData(line["data:"u8.Length..], endsEvent);
        }
        else if (line.StartsWith("error:"u8))
        {
            _isError = true;
            ReadData(line["error:"u8.Length..], endsEvent);
        }
        else if (line.StartsWith("event:"u8))
        {
            _isError = line["event:"u8.Length..].Trim((byte)' ').SequenceEqual("error"u8);
        }
    }

    private void ReadData(ReadOnlySpan<byte> data, bool endsEvent)
    {
        data = data.Trim(" \t"u8);
        if (data.SequenceEqual("[DONE]"u8))
        {
            Dispatch();
            IsDone = true;
        }
        else if (endsEvent && _data.WrittenCount == 0)
        {
            Dispatch(data);
        }
        else
        {
            // Data of several lines: JSON has no line break inside a string, so a space separates as well.
            _data.Write(data);
            _data.Write(" "u8);
        }
    }

    private void Dispatch()
    {
        if (_data.WrittenCount > 0)
        {
            Dispatch(_data.WrittenSpan.TrimEnd((byte)' '));
            _data.ResetWrittenCount();
        }
    }

    private void Dispatch(ReadOnlySpan<byte> data)
    {
        // Anything but an object or an array of errors is a server's sign of life.
        if (!data.IsEmpty && (data[0] is (byte)'{' or (byte)'[' || _isError))
        {
            events.Read(data, _isError);
        }
    }
}
