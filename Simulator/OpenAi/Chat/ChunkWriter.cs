using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Chat;
using FlowGpt.Simulator.Json;
using FlowGpt.Simulator.OpenAi.Wire;

namespace FlowGpt.Simulator.OpenAi.Chat;

/// <summary>Writes the chunks of one streamed completion as events. Deltas of text are put together from ready-made bytes.</summary>
internal sealed class ChunkWriter : IReplyFrames
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly EventStream _events;
    private readonly CompletionCall _call;
    private readonly CompletionPlan _plan;
    private readonly byte[] _head;
    private readonly byte[] _deltaOpening;
    private readonly byte[] _deltaClosing;
    private readonly string _extra;
    private readonly bool _nullUsage;

    public ChunkWriter(EventStream events, CompletionCall call, CompletionPlan plan)
    {
        _events = events;
        _call = call;
        _plan = plan;
        var model = JsonEncodedText.Encode(call.Request.Model);
        var created = call.Arrived.ToUnixTimeSeconds();
        var head =
            $$"""{"id":"{{call.Id}}","object":"chat.completion.chunk","created":{{created}},"model":"{{model}}","system_fingerprint":"fp_simulator","choices":[""";
        _nullUsage = call.Request.IncludeUsage && call.Behaviour.OpenAi.Usage is null or UsagePosition.WhenAsked;
        _head = Encoding.UTF8.GetBytes(head);
        _extra = call.Behaviour.OpenAi.ExtraFields?.Trim()[1..^1] is { Length: > 0 } fields ? "," + fields : "";
        _deltaOpening = Encoding.UTF8.GetBytes(head + """{"index":0,"delta":{""");
        _deltaClosing = Encoding.UTF8.GetBytes(
            $$"""{{_extra}}},"logprobs":null,"finish_reason":null}]{{(_nullUsage ? ",\"usage\":null" : "")}}}"""
        );
    }

    public void Begin() =>
        WriteDelta(
            $"\"role\":\"assistant\",\"content\":{(_plan.Calls.Count > 0 && _plan.Text.Fragments == 0 ? "null" : "\"\"")},\"refusal\":null"
        );

    public void Noise() => WriteEmpty(withUsage: false);

    /// <summary>Writes one piece.</summary>
    public void Write(in ReplyPiece piece)
    {
        switch (piece.Kind)
        {
            case PieceKind.Text when _call.Request.Logprobs:
                WriteWithLogprobs(piece.Text.ToString());
                break;
            case PieceKind.Text:
                WriteText("\"content\":\""u8, piece.Text.Span, "\""u8);
                break;
            case PieceKind.Refusal:
                WriteText("\"refusal\":\""u8, piece.Text.Span, "\""u8);
                break;
            case PieceKind.Reasoning when _plan.ReasoningField == ReasoningField.Reasoning:
                WriteText("\"reasoning\":\""u8, piece.Text.Span, "\""u8);
                break;
            case PieceKind.Reasoning:
                WriteText("\"reasoning_content\":\""u8, piece.Text.Span, "\""u8);
                break;
            case PieceKind.CallStart:
                var call = _plan.Calls[piece.Call];
                var name = JsonEncodedText.Encode(call.Name);
                var (kind, field) = call.IsCustom ? ("custom", "input") : ("function", "arguments");
                WriteDelta(
                    $$$"""
                    "tool_calls":[{"index":{{{piece.Call}}},"id":"{{{call.Id}}}","type":"{{{kind}}}","{{{kind}}}":{"name":"{{{name}}}","{{{field}}}":""}}]
                    """
                );
                break;
            default:
                var opening = _plan.Calls[piece.Call].IsCustom ? "\"custom\":{\"input\":\"" : "\"function\":{\"arguments\":\"";
                WriteText(Encoding.UTF8.GetBytes($"\"tool_calls\":[{{\"index\":{piece.Call},{opening}"), piece.Text.Span, "\"}}]"u8);
                break;
        }
    }

    public void End()
    {
        var settings = _call.Behaviour.OpenAi;
        var usage = settings.Usage ?? UsagePosition.WhenAsked;
        if (usage == UsagePosition.BeforeFinish)
        {
            WriteEmpty(withUsage: true);
        }

        if (settings.OmitFinish != true)
        {
            WriteFinish(withUsage: usage == UsagePosition.OnFinish);
        }

        if (usage == UsagePosition.Always || (usage == UsagePosition.WhenAsked && _call.Request.IncludeUsage))
        {
            WriteEmpty(withUsage: true);
        }

        if (settings.OmitDone != true)
        {
            _events.Write("[DONE]"u8);
        }
    }

    public void Error(ApiError error)
    {
        var text = ErrorBody.Text(error.Status, error.Message, ErrorShape.OpenAi, error.Type, error.Code, error.Parameter);
        _events.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Writes a chunk without choices; with the usage if that is asked for.</summary>
    private void WriteEmpty(bool withUsage)
    {
        var to = _events.Begin();
        to.Write(_head);
        to.Write("]"u8);
        WriteEnd(to, withUsage);
        _events.End();
    }

    private void WriteFinish(bool withUsage)
    {
        var to = _events.Begin();
        to.Write(_head);
        var reason = JsonEncodedText.Encode(_plan.FinishReason);
        to.Write(Encoding.UTF8.GetBytes($$"""{"index":0,"delta":{},"logprobs":null,"finish_reason":"{{reason}}"}]"""));
        WriteEnd(to, withUsage);
        _events.End();
    }

    private void WriteEnd(IBufferWriter<byte> to, bool withUsage)
    {
        if (withUsage)
        {
            using var buffer = new MemoryStream();
            using (var writer = new Utf8JsonWriter(buffer))
            {
                writer.WriteStartObject();
                UsageWriter.Write(writer, _call, _plan);
                writer.WriteEndObject();
            }

            // The object's own braces: its field joins the chunk's.
            to.Write(","u8);
            to.Write(buffer.ToArray().AsSpan(1));
            return;
        }

        to.Write(_nullUsage ? ",\"usage\":null}"u8 : "}"u8);
    }

    private void WriteDelta(string fields)
    {
        var to = _events.Begin();
        to.Write(_deltaOpening);
        to.Write(Encoding.UTF8.GetBytes(fields.Trim()));
        to.Write(_deltaClosing);
        _events.End();
    }

    private void WriteText(ReadOnlySpan<byte> before, ReadOnlySpan<char> text, ReadOnlySpan<byte> after)
    {
        var to = _events.Begin();
        to.Write(_deltaOpening);
        to.Write(before);
        var span = to.GetSpan((text.Length * JsonText.WorstBytesPerCharacter) + 1);
        to.Advance(JsonText.Write(text, span, _call.Behaviour.Style.EscapeNonAscii));
        to.Write(after);
        to.Write(_deltaClosing);
        _events.End();
    }

    private void WriteWithLogprobs(string text)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("text"u8, text);
            LogprobsWriter.Write(writer, [text], _call.Request.TopLogprobs);
            writer.WriteEndObject();
        }

        using var json = JsonDocument.Parse(buffer.ToArray());
        var to = _events.Begin();
        to.Write(_deltaOpening);
        var (content, logprobs) = (
            json.RootElement.GetProperty("text").GetRawText(),
            json.RootElement.GetProperty("logprobs").GetRawText()
        );
        var chunk = $"\"content\":{content}{_extra}}},\"logprobs\":{logprobs},\"finish_reason\":null}}]";
        to.Write(Encoding.UTF8.GetBytes(chunk));
        WriteEnd(to, withUsage: false);
        _events.End();
    }
}
