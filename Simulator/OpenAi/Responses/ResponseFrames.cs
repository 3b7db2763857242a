using System.Text.Json;
using FlowGpt.Simulator.OpenAi.Chat;
using FlowGpt.Simulator.OpenAi.Wire;

namespace FlowGpt.Simulator.OpenAi.Responses;

/// <summary>Writes the events of one streamed response.</summary>
internal sealed class ResponseFrames(EventStream events, CompletionCall call, CompletionPlan plan) : IReplyFrames
{
    private readonly ResponseItems _items = new(call, plan);
    private int _number;
    private bool _isOpen;

    public void Begin()
    {
        WriteResponse("response.created", isEnd: false);
        WriteResponse("response.in_progress", isEnd: false);
        if (_items.RunBuiltIn() is { } builtIn)
        {
            WriteItem("response.output_item.added", builtIn, isEnd: true);
            Write($"response.{builtIn.BuiltIn}_call.completed", json => json.WriteString("item_id"u8, builtIn.Id));
            WriteItem("response.output_item.done", builtIn, isEnd: true);
        }
    }

    public void Noise() => Write("response.unknown_noise", static _ => { });

    public void Write(in ReplyPiece piece)
    {
        var before = _items.Current;
        if (_items.Take(piece))
        {
            Close(before);
            Open();
        }

        if (piece.Kind == PieceKind.CallStart)
        {
            return;
        }

        var isCustom = piece.Kind == PieceKind.Arguments && plan.Calls[piece.Call].IsCustom;
        var type = piece.Kind switch
        {
            PieceKind.Reasoning => "response.reasoning_summary_text.delta",
            PieceKind.Refusal => "response.refusal.delta",
            PieceKind.Arguments => isCustom ? "response.custom_tool_call_input.delta" : "response.function_call_arguments.delta",
            _ => "response.output_text.delta",
        };
        var (text, isText) = (piece.Text.ToString(), piece.Kind == PieceKind.Text);
        Write(
            type,
            json =>
            {
                WritePlace(json);
                json.WriteString("delta"u8, text);
                if (isText && call.Request.Logprobs)
                {
                    json.WriteStartArray("logprobs"u8);
                    json.WriteStartObject();
                    json.WriteString("token"u8, text);
                    json.WriteNumber("logprob"u8, -0.125);
                    json.WriteStartArray("bytes"u8);
                    json.WriteEndArray();
                    json.WriteStartArray("top_logprobs"u8);
                    json.WriteEndArray();
                    json.WriteEndObject();
                    json.WriteEndArray();
                }
            }
        );
    }

    public void End()
    {
        Close(_items.Current);
        if (call.Behaviour.OpenAi.OmitFinish != true)
        {
            WriteResponse(plan.FinishReason is "length" or "content_filter" ? "response.incomplete" : "response.completed", isEnd: true);
        }
    }

    public void Error(ApiError error)
    {
        Write(
            "error",
            json =>
            {
                json.WriteStartObject("error"u8);
                json.WriteString("type"u8, error.Type);
                json.WriteString("code"u8, error.Code);
                json.WriteString("message"u8, error.Message);
                json.WriteString("param"u8, error.Parameter);
                json.WriteEndObject();
            }
        );
    }

    private void Open()
    {
        _isOpen = true;
        WriteItem("response.output_item.added", _items.Current!, isEnd: false);
        if (_items.Current!.Kind == PieceKind.Reasoning)
        {
            Write(
                "response.reasoning_summary_part.added",
                json =>
                {
                    WritePlace(json);
                    json.WriteNumber("summary_index"u8, 0);
                }
            );
        }
    }

    private void Close(ResponseItems.Made? item)
    {
        if (_isOpen && item is not null)
        {
            _isOpen = false;
            WriteItem("response.output_item.done", item, isEnd: true);
        }
    }

    private void WriteItem(string type, ResponseItems.Made item, bool isEnd) =>
        Write(
            type,
            json =>
            {
                json.WriteNumber("output_index"u8, _items.IndexOf(item));
                json.WritePropertyName("item"u8);
                _items.WriteItem(json, item, isEnd);
            }
        );

    private void WriteResponse(string type, bool isEnd) =>
        Write(
            type,
            json =>
            {
                json.WritePropertyName("response"u8);
                _items.WriteObject(json, isEnd);
            }
        );

    private void WritePlace(Utf8JsonWriter json)
    {
        json.WriteString("item_id"u8, _items.Current!.Id);
        json.WriteNumber("output_index"u8, _items.IndexOf(_items.Current));
    }

    private void Write(string type, Action<Utf8JsonWriter> members)
    {
        var to = events.Begin(type);
        using (var json = new Utf8JsonWriter(to, ResponseItems.Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            json.WriteNumber("sequence_number"u8, _number++);
            members(json);
            json.WriteEndObject();
        }

        events.End();
    }
}
