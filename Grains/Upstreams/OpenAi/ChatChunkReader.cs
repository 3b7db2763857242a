using System.Buffers;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>
/// Reads the chunks of a streamed reply, or the whole reply as one object, and gives their contents to <see cref="ChatReplyItems"/>. Only the first choice counts, since
/// only one is asked for. Without allocations for text.
/// </summary>
internal sealed partial class ChatChunkReader(ChatReplyItems items, int httpStatus)
{
    private static readonly JsonReaderOptions Json = new() { AllowMultipleValues = true, MaxDepth = 256 };

    private readonly ArrayBufferWriter<byte> _extension = new(256);
    private readonly RepeatedChunk _repeated = new();

    /// <summary>Tokens as the server reports them; null when it does not.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>Why the reply ended, as the server says; null while or when it does not say.</summary>
    public FinishReason? Finish { get; private set; }

    /// <summary>What failed, as the server says; null while nothing has.</summary>
    public UpstreamFailure? Failure { get; private set; }

    /// <summary>Reads the data of one event, or a whole body: one JSON object or several.</summary>
    /// <param name="data">The JSON.</param>
    /// <param name="isError">Whether the event's name says that the data is an error.</param>
    public void Read(ReadOnlySpan<byte> data, bool isError = false)
    {
        if (isError)
        {
            Fail(data);
            return;
        }

        if (_repeated.Matches(data, out var text))
        {
            Repeat(text);
            return;
        }

        _repeated.Begin();
        try
        {
            var json = new Utf8JsonReader(data, Json);
            while (Failure is null && json.Read())
            {
                // Some servers put an error into an array.
                if (json.TokenType == JsonTokenType.StartObject)
                {
                    ReadChunk(ref json, data);
                }
            }
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidOperationException)
        {
            Failure ??= UpstreamFailures.InvalidBody(httpStatus);
        }

        _repeated.Keep(data, mayRepeat: Failure is null);
    }

    private void Repeat(ReadOnlySpan<byte> text)
    {
        switch (_repeated.Content)
        {
            case RepeatedContent.Text:
                items.Text(text, isEscaped: false);
                break;
            case RepeatedContent.Reasoning:
                items.Reasoning(text, isEscaped: false);
                break;
            default:
                items.ToolCall(_repeated.Index, id: null, name: null, _repeated.Kind, text, isEscaped: false);
                break;
        }
    }

    private void ReadChunk(ref Utf8JsonReader json, ReadOnlySpan<byte> data)
    {
        var start = (int)json.TokenStartIndex;
        var isError = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("choices"u8))
            {
                json.Read();
                ReadChoices(ref json, data);
            }
            else if (json.ValueTextEquals("usage"u8))
            {
                json.Read();
                Note(ChatUsage.Read(ref json));
            }
            else if (json.ValueTextEquals("x_groq"u8))
            {
                json.Read();
                ReadVendorUsage(ref json);
            }
            else if (json.ValueTextEquals("error"u8))
            {
                json.Read();
                isError |= json.TokenType is JsonTokenType.StartObject or JsonTokenType.String;
                json.Skip();
            }
            else if (json.ValueTextEquals("object"u8))
            {
                json.Read();
                isError |= json.TokenType == JsonTokenType.String && json.ValueTextEquals("error"u8);
                json.Skip();
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        if (isError)
        {
            Fail(data[start..(int)json.BytesConsumed]);
        }
    }

    private void ReadVendorUsage(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = json.ValueTextEquals("usage"u8);
            json.Read();
            if (isUsage)
            {
                Note(ChatUsage.Read(ref json));
            }
            else
            {
                json.Skip();
            }
        }
    }

    private void Note(TokenUsage? usage)
    {
        if (usage is not null)
        {
            _repeated.NoteOther();
            Usage = usage;
        }
    }

    private void ReadChoices(ref Utf8JsonReader json, ReadOnlySpan<byte> data)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject)
            {
                ReadChoice(ref json, data);
            }
            else
            {
                json.Skip();
            }
        }
    }

    private void ReadChoice(ref Utf8JsonReader json, ReadOnlySpan<byte> data)
    {
        // The order of the fields in the JSON is not the order of their meaning.
        Utf8JsonReader delta = default;
        ReadOnlySpan<byte> logprobs = default;
        var hasDelta = false;
        var isFirst = true;
        FinishReason? finish = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("delta"u8) || json.ValueTextEquals("message"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.StartObject)
                {
                    delta = json;
                    hasDelta = true;
                }
            }
            else if (json.ValueTextEquals("index"u8))
            {
                json.Read();
                isFirst = json.TokenType != JsonTokenType.Number || (json.TryGetInt32(out var index) && index == 0);
            }
            else if (json.ValueTextEquals("finish_reason"u8))
            {
                json.Read();
                finish = ReadFinish(ref json);
            }
            else if (json.ValueTextEquals("logprobs"u8))
            {
                json.Read();
                var start = (int)json.TokenStartIndex;
                var isObject = json.TokenType == JsonTokenType.StartObject;
                json.Skip();
                logprobs = isObject ? data[start..(int)json.BytesConsumed] : default;
                continue;
            }
            else
            {
                json.Read();
            }

            json.Skip();
        }

        if (!isFirst)
        {
            return;
        }

        if (hasDelta)
        {
            ReadDelta(ref delta, data);
        }

        if (!logprobs.IsEmpty)
        {
            _extension.ResetWrittenCount();
            _repeated.NoteOther();
            items.Logprobs(OneLine(logprobs));
        }

        if (finish is not null)
        {
            _repeated.NoteOther();
            Finish = finish;
        }
    }

    private FinishReason? ReadFinish(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.String || json.ValueSpan.IsEmpty)
        {
            return null;
        }

        switch (json.GetString())
        {
            case "length" or "max_tokens" or "MAX_TOKENS" or "max_output_tokens" or "model_length":
                return FinishReason.Length;
            case "tool_calls" or "tool_call" or "tool_use" or "function_call":
                return FinishReason.ToolCalls;
            case "content_filter" or "content-filter" or "SAFETY" or "sensitive" or "refusal":
                return FinishReason.ContentFilter;
            case "error":
                Failure ??= OpenAiFailures.InsideReply(httpStatus, ServerError.None);
                return null;
            case "insufficient_system_resource":
                Failure ??= OpenAiFailures.FromStatus(503, ServerError.None, retryAfter: null);
                return null;
            case "stop"
            or "STOP"
            or "end_turn"
            or "eos"
            or "eos_token"
            or "stop_sequence"
            or "complete"
            or "COMPLETE"
            or "completed"
            or "done":
                return FinishReason.Stop;
            default:
                Failure ??= UpstreamFailures.UnknownEnd(httpStatus);
                return null;
        }
    }

    private void Fail(ReadOnlySpan<byte> error) => Failure ??= OpenAiFailures.InsideReply(httpStatus, ServerError.Read(error.ToArray()));

    // A line break in JSON is white space, and the client's frames have one line.
    private ReadOnlySpan<byte> OneLine(ReadOnlySpan<byte> json)
    {
        if (!json.ContainsAny((byte)'\n', (byte)'\r'))
        {
            return json;
        }

        var copy = _extension.GetSpan(json.Length)[..json.Length];
        json.CopyTo(copy);
        copy.Replace((byte)'\n', (byte)' ');
        copy.Replace((byte)'\r', (byte)' ');
        return copy;
    }
}
