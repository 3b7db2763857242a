using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.Simulator.OpenAi.Chat;

namespace FlowGpt.Simulator.Anthropic;

/// <summary>Writes messages that are whole, and what streams share with them.</summary>
internal static class MessageBody
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(CompletionCall call, CompletionPlan plan, ReplyPiece[] pieces)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            WriteHead(json, call);
            json.WriteStartArray("content"u8);
            foreach (var kind in (PieceKind[])[PieceKind.Reasoning, PieceKind.Refusal, PieceKind.Text])
            {
                WriteText(json, kind, Joined(pieces, kind, 0), call);
            }

            for (var i = 0; i < call.Calls; i++)
            {
                json.WriteStartObject();
                WriteBlockStart(json, PieceKind.CallStart, plan, i, Joined(pieces, PieceKind.Arguments, i));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteStop(json, plan);
            WriteUsage(json, call, call.Text.Fragments + call.OtherTokens);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    public static void WriteHead(Utf8JsonWriter json, CompletionCall call)
    {
        json.WriteString("id"u8, call.Id.Replace("chatcmpl-", "msg_", StringComparison.Ordinal));
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("model"u8, call.Request.Model);
    }

    /// <summary>Writes the members of a block at its start.</summary>
    /// <param name="json">Inside the block.</param>
    /// <param name="kind">What the block is.</param>
    /// <param name="plan">The reply.</param>
    /// <param name="index">For a call: which.</param>
    /// <param name="input">A call's whole input; null when it follows in deltas.</param>
    public static void WriteBlockStart(Utf8JsonWriter json, PieceKind kind, CompletionPlan plan, int index, string? input = null)
    {
        switch (kind)
        {
            case PieceKind.CallStart:
                json.WriteString("type"u8, "tool_use"u8);
                json.WriteString("id"u8, plan.Calls[index].Id.Replace("call_", "toolu_", StringComparison.Ordinal));
                json.WriteString("name"u8, plan.Calls[index].Name);
                json.WritePropertyName("input"u8);
                json.WriteRawValue(string.IsNullOrEmpty(input) ? "{}" : input);
                break;
            case PieceKind.Reasoning:
                json.WriteString("type"u8, "thinking"u8);
                json.WriteString("thinking"u8, ""u8);
                json.WriteString("signature"u8, ""u8);
                break;
            default:
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, ""u8);
                break;
        }
    }

    public static void WriteStop(Utf8JsonWriter json, CompletionPlan plan)
    {
        var reason = plan.FinishReason switch
        {
            "stop" when plan.StoppedBy is not null => "stop_sequence",
            "stop" when plan.Refusal.Length > 0 => "refusal",
            "stop" => "end_turn",
            "length" => "max_tokens",
            "tool_calls" => "tool_use",
            var other => other,
        };
        json.WriteString("stop_reason"u8, reason);
        json.WriteString("stop_sequence"u8, reason == "stop_sequence" ? plan.StoppedBy : null);
    }

    /// <summary>Tokens: those written to a cache are one for each mark in the request.</summary>
    public static void WriteUsage(Utf8JsonWriter json, CompletionCall call, int output)
    {
        var prompt = call.Request.PromptTokens;
        var read = Math.Min(prompt, call.Behaviour.OpenAi.CachedTokens ?? 0);
        var written = Math.Min(prompt - read, call.Body.Split("\"cache_control\"").Length - 1);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, prompt - read - written);
        json.WriteNumber("cache_creation_input_tokens"u8, written);
        json.WriteNumber("cache_read_input_tokens"u8, read);
        json.WriteNumber("output_tokens"u8, output);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, PieceKind kind, string text, CompletionCall call)
    {
        if (text.Length == 0)
        {
            return;
        }

        var isThought = kind == PieceKind.Reasoning;
        json.WriteStartObject();
        json.WriteString("type"u8, isThought ? "thinking"u8 : "text"u8);
        json.WriteString(isThought ? "thinking"u8 : "text"u8, text);
        if (isThought)
        {
            json.WriteString("signature"u8, BlockReader.Signature + call.Id);
        }

        json.WriteEndObject();
    }

    private static string Joined(ReplyPiece[] pieces, PieceKind kind, int index)
    {
        var text = new StringBuilder();
        foreach (var piece in pieces.Where(piece => piece.Kind == kind && piece.Call == index))
        {
            text.Append(piece.Text);
        }

        return text.ToString();
    }
}
