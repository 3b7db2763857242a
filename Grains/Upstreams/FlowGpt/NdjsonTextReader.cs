using System.Buffers;
using System.Text.Json;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>
/// Takes the text out of a reply's body: lines of <c>{"event":"text","data":"…"}</c>, separated by <c>\n</c> and by nothing else (U+2028, U+2029 and
/// U+0085 may stand raw in a JSON string). White space in the data is text. Other lines are counted and skipped. Allocation-free; one body each.
/// </summary>
/// <param name="maxLineBytes">Longest line that is taken.</param>
internal sealed class NdjsonTextReader(int maxLineBytes)
{
    private JsonTextDecoder _text;
    private bool _started;
    private bool _sawEvent;
    private bool _sawText;
    private bool _isLastError;

    /// <summary>Lines that are not JSON objects with an event.</summary>
    public int NotJson { get; private set; }

    /// <summary>Events other than text.</summary>
    public int NotText { get; private set; }

    /// <summary>Text events whose data is not a string.</summary>
    public int NotString { get; private set; }

    /// <summary>Bytes of text so far.</summary>
    public long TextBytes { get; private set; }

    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>
    /// Takes every complete line off the front of <paramref name="body"/>, and the last line too when the body has ended, and appends their text.
    /// </summary>
    public NdjsonState Read(ref ReadOnlySequence<byte> body, bool isEnd, IBufferWriter<byte> output)
    {
        if (!_started && IsHtml(ref body))
        {
            return NdjsonState.Html;
        }

        var rest = new SequenceReader<byte>(body);
        while (rest.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
        {
            if (line.Length > maxLineBytes)
            {
                return NdjsonState.LineTooLong;
            }

            ReadLine(line, output);
        }

        body = body.Slice(rest.Position);
        if (body.Length > maxLineBytes)
        {
            return NdjsonState.LineTooLong;
        }

        return isEnd ? ReadEnd(ref body, output) : NdjsonState.More;
    }

    private NdjsonState ReadEnd(ref ReadOnlySequence<byte> body, IBufferWriter<byte> output)
    {
        var isCut = IsCut(body);
        ReadLine(body, output);
        body = body.Slice(body.End);
        Count(_text.Finish(output));
        return isCut ? NdjsonState.EndInsideLine
            : _isLastError ? NdjsonState.EndInError
            : _sawText ? NdjsonState.End
            : _sawEvent || NotJson == 0 ? NdjsonState.EndWithoutText
            : NdjsonState.EndWithoutEvents;
    }

    /// <summary>Whether the last line begins a JSON object and does not end the object: a healthy server sends whole lines.</summary>
    private static bool IsCut(in ReadOnlySequence<byte> line)
    {
        var start = new SequenceReader<byte>(line);
        start.AdvancePastAny(" \t\r"u8);
        if (!start.TryPeek(out var first) || first != (byte)'{')
        {
            return false;
        }

        try
        {
            var json = new Utf8JsonReader(start.UnreadSequence, isFinalBlock: false, default);
            do
            {
                if (!json.Read())
                {
                    return true;
                }
            } while (json.CurrentDepth > 0 || json.TokenType == JsonTokenType.StartObject);

            return false;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A page begins with <c>&lt;</c>; no JSON does. Drops a byte order mark and leading white space.</summary>
    private bool IsHtml(ref ReadOnlySequence<byte> body)
    {
        var start = new SequenceReader<byte>(body);
        start.IsNext(ByteOrderMark, advancePast: true);
        start.AdvancePastAny(" \t\r\n"u8);
        body = body.Slice(start.Position);
        _started = !start.End;
        return start.TryPeek(out var first) && first == (byte)'<';
    }

    private void ReadLine(in ReadOnlySequence<byte> line, IBufferWriter<byte> output)
    {
        if (line.IsSingleSegment)
        {
            ReadLine(line.FirstSpan, output);
            return;
        }

        var length = (int)line.Length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        line.CopyTo(rented);
        ReadLine(rented.AsSpan(0, length), output);
        ArrayPool<byte>.Shared.Return(rented);
    }

    private void ReadLine(ReadOnlySpan<byte> line, IBufferWriter<byte> output)
    {
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty)
        {
            return;
        }

        if (!TryReadEvent(line, out var isText, out var isError, out var isString, out var data, out var isEscaped))
        {
            NotJson++;
            return;
        }

        _sawEvent = true;
        _isLastError = isError;
        if (!isText)
        {
            NotText++;
        }
        else if (!isString)
        {
            NotString++;
        }
        else
        {
            Count(_text.Append(data, isEscaped, output));
        }
    }

    private void Count(int bytes)
    {
        TextBytes += bytes;
        _sawText |= bytes > 0;
    }

    private static bool TryReadEvent(
        ReadOnlySpan<byte> line,
        out bool isText,
        out bool isError,
        out bool isString,
        out ReadOnlySpan<byte> data,
        out bool isEscaped
    )
    {
        var isEvent = isText = isError = isString = isEscaped = false;
        data = default;

        // Most unreadable lines are recognised here, without the cost of an exception.
        if (line[0] != (byte)'{' || line[^1] != (byte)'}')
        {
            return false;
        }

        try
        {
            var json = new Utf8JsonReader(line);
            json.Read();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("event"u8))
                {
                    json.Read();
                    isEvent = json.TokenType == JsonTokenType.String;
                    isText = isEvent && json.ValueTextEquals("text"u8);
                    isError = isEvent && json.ValueTextEquals("error"u8);
                }
                else if (json.ValueTextEquals("data"u8))
                {
                    json.Read();
                    isString = json.TokenType == JsonTokenType.String;
                    data = isString ? json.ValueSpan : default;
                    isEscaped = isString && json.ValueIsEscaped;
                }

                json.Skip();
            }

            json.Read();
            return isEvent;
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
