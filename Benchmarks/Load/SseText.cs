using System.Text.Json;

namespace FlowGpt.Benchmarks.Load;

/// <summary>
/// A streamed chat completion: its text, or the arguments of its call. Well-formed means: nothing but comments, <c>data:</c> lines of one JSON object and the empty line after
/// each; one finish reason, after all text; the last event is <c>[DONE]</c>.
/// </summary>
internal sealed class SseText : ReplyText
{
    private bool _expectBlank;
    private bool _finished;
    private bool _done;

    public override void Reset()
    {
        base.Reset();
        _expectBlank = false;
        _finished = false;
        _done = false;
    }

    public override void Finish()
    {
        base.Finish();
        Problem ??=
            !_done ? "the stream does not end with [DONE]"
            : _expectBlank ? "the last event is not ended by an empty line"
            : null;
    }

    protected override void TakeLine(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            _expectBlank = false;
            return;
        }

        if (line[0] == (byte)':')
        {
            return;
        }

        if (_expectBlank || _done || !line.StartsWith("data: "u8))
        {
            Problem ??= "a line is not the data of an event of its own";
            return;
        }

        _expectBlank = true;
        var data = line[6..];
        if (data.SequenceEqual("[DONE]"u8))
        {
            _done = true;
            Problem ??= _finished ? null : "no finish_reason before [DONE]";
            return;
        }

        ReadChunk(data);
    }

    private void ReadChunk(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("arguments"u8))
            {
                reader.Read();
                if (_finished)
                {
                    Problem ??= "text after the finish_reason";
                }
                else if (reader.TokenType == JsonTokenType.String)
                {
                    AppendText(ref reader);
                }
            }
            else if (reader.ValueTextEquals("finish_reason"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    var isEnd = reader.ValueTextEquals("stop"u8) || reader.ValueTextEquals("tool_calls"u8);
                    Problem ??= _finished || !isEnd ? "not one finish_reason 'stop' or 'tool_calls'" : null;
                    _finished = true;
                }
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                Problem ??= "an error event";
            }
        }
    }
}
