using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.Simulator.Chat;
using FlowGpt.Simulator.OpenAi.Chat;
using FlowGpt.Simulator.OpenAi.Wire;

namespace FlowGpt.Simulator.Anthropic;

/// <summary>Writes the events of one streamed message.</summary>
internal sealed class MessageFrames(EventStream events, CompletionCall call, CompletionPlan plan) : IReplyFrames
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private (PieceKind Kind, int Call)? _open;
    private int _index = -1;

    public void Begin() =>
        Write(
            "message_start",
            json =>
            {
                json.WriteStartObject("message"u8);
                MessageBody.WriteHead(json, call);
                json.WriteStartArray("content"u8);
                json.WriteEndArray();
                json.WriteNull("stop_reason"u8);
                json.WriteNull("stop_sequence"u8);
                MessageBody.WriteUsage(json, call, output: 1);
                json.WriteEndObject();
            }
        );

    public void Noise() => Write("ping", static _ => { });

    public void Write(in ReplyPiece piece)
    {
        var kind = piece.Kind == PieceKind.Arguments ? PieceKind.CallStart : piece.Kind;
        if (_open != (kind, piece.Call))
        {
            Close();
            Open(kind, piece.Call);
        }

        if (piece.Kind != PieceKind.CallStart)
        {
            var (type, member) = piece.Kind switch
            {
                PieceKind.Reasoning => ("thinking_delta", "thinking"),
                PieceKind.Arguments => ("input_json_delta", "partial_json"),
                _ => ("text_delta", "text"),
            };
            Delta(type, member, piece.Text.ToString());
        }
    }

    public void End()
    {
        Close();
        if (call.Behaviour.OpenAi.OmitFinish != true)
        {
            Write(
                "message_delta",
                json =>
                {
                    json.WriteStartObject("delta"u8);
                    MessageBody.WriteStop(json, plan);
                    json.WriteEndObject();
                    json.WriteStartObject("usage"u8);
                    json.WriteNumber("output_tokens"u8, call.Text.Fragments + call.OtherTokens);
                    json.WriteEndObject();
                }
            );
        }

        if (call.Behaviour.OpenAi.OmitDone != true)
        {
            Write("message_stop", static _ => { });
        }
    }

    public void Error(ApiError error) =>
        Write(
            "error",
            json =>
            {
                json.WriteStartObject("error"u8);
                json.WriteString("type"u8, ErrorBody.AnthropicType(error.Status));
                json.WriteString("message"u8, error.Message);
                json.WriteEndObject();
            }
        );

    private void Open(PieceKind kind, int index)
    {
        _open = (kind, index);
        _index++;
        Write(
            "content_block_start",
            json =>
            {
                json.WriteNumber("index"u8, _index);
                json.WriteStartObject("content_block"u8);
                MessageBody.WriteBlockStart(json, kind, plan, index);
                json.WriteEndObject();
            }
        );
    }

    private void Close()
    {
        if (_open is not { } open)
        {
            return;
        }

        if (open.Kind == PieceKind.Reasoning)
        {
            Delta("signature_delta", "signature", BlockReader.Signature + call.Id);
        }

        Write("content_block_stop", json => json.WriteNumber("index"u8, _index));
        _open = null;
    }

    private void Delta(string type, string member, string text) =>
        Write(
            "content_block_delta",
            json =>
            {
                json.WriteNumber("index"u8, _index);
                json.WriteStartObject("delta"u8);
                json.WriteString("type"u8, type);
                json.WriteString(member, text);
                json.WriteEndObject();
            }
        );

    private void Write(string type, Action<Utf8JsonWriter> members)
    {
        var to = events.Begin(type);
        using (var json = new Utf8JsonWriter(to, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            members(json);
            json.WriteEndObject();
        }

        events.End();
    }
}
