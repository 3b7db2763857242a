using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.Simulator.Behaviour;

namespace FlowGpt.Simulator.OpenAi.Chat;

/// <summary>Makes the body of one whole completion.</summary>
internal sealed class CompletionBody(CompletionCall call, CompletionPlan plan)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(CompletionCall call, CompletionPlan plan, ReplyPiece[] pieces) =>
        new CompletionBody(call, plan).Body(pieces);

    private byte[] Body(ReplyPiece[] pieces)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, call.Id);
            writer.WriteString("object"u8, "chat.completion"u8);
            writer.WriteNumber("created"u8, call.Arrived.ToUnixTimeSeconds());
            writer.WriteString("model"u8, call.Request.Model);
            writer.WriteString("system_fingerprint"u8, "fp_simulator"u8);
            writer.WriteStartArray("choices"u8);
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, 0);
            WriteMessage(writer, pieces);
            WriteLogprobs(writer, pieces);
            if (call.Behaviour.OpenAi.OmitFinish != true)
            {
                writer.WriteString("finish_reason"u8, plan.FinishReason);
            }

            writer.WriteEndObject();
            writer.WriteEndArray();
            if (call.Behaviour.OpenAi.Usage != UsagePosition.Never)
            {
                UsageWriter.Write(writer, call, plan);
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private void WriteMessage(Utf8JsonWriter writer, ReplyPiece[] pieces)
    {
        var text = Joined(pieces, PieceKind.Text);
        var refusal = Joined(pieces, PieceKind.Refusal);
        var reasoning = Joined(pieces, PieceKind.Reasoning);
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteString("content"u8, text.Length == 0 && (plan.Calls.Count > 0 || refusal.Length > 0) ? null : text);
        writer.WriteString("refusal"u8, refusal.Length > 0 ? refusal : null);
        if (reasoning.Length > 0)
        {
            writer.WriteString(plan.ReasoningField == ReasoningField.Reasoning ? "reasoning"u8 : "reasoning_content"u8, reasoning);
        }

        if (call.Calls > 0)
        {
            WriteCalls(writer, pieces);
        }

        if (call.Behaviour.OpenAi.ExtraFields is { } extra)
        {
            using var fields = JsonDocument.Parse(extra);
            foreach (var field in fields.RootElement.EnumerateObject())
            {
                field.WriteTo(writer);
            }
        }

        writer.WriteStartArray("annotations"u8);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteCalls(Utf8JsonWriter writer, ReplyPiece[] pieces)
    {
        writer.WriteStartArray("tool_calls"u8);
        for (var i = 0; i < call.Calls; i++)
        {
            var made = plan.Calls[i];
            var kind = made.IsCustom ? "custom" : "function";
            writer.WriteStartObject();
            writer.WriteString("id"u8, made.Id);
            writer.WriteString("type"u8, kind);
            writer.WriteStartObject(kind);
            writer.WriteString("name"u8, made.Name);
            writer.WriteString(made.IsCustom ? "input"u8 : "arguments"u8, Joined(pieces, PieceKind.Arguments, i));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteLogprobs(Utf8JsonWriter writer, ReplyPiece[] pieces)
    {
        if (call.Request.Logprobs)
        {
            var tokens = pieces.Where(static piece => piece.Kind == PieceKind.Text).Select(static piece => piece.Text.ToString());
            LogprobsWriter.Write(writer, tokens, call.Request.TopLogprobs);
        }
        else
        {
            writer.WriteNull("logprobs"u8);
        }
    }

    private static string Joined(ReplyPiece[] pieces, PieceKind kind, int index = 0)
    {
        var text = new StringBuilder();
        foreach (var piece in pieces.Where(piece => piece.Kind == kind && piece.Call == index))
        {
            text.Append(piece.Text);
        }

        return text.ToString();
    }
}
