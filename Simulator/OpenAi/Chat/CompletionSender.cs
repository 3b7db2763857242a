using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Chat;
using FlowGpt.Simulator.OpenAi.Wire;

namespace FlowGpt.Simulator.OpenAi.Chat;

/// <summary>Sends one completion whole.</summary>
internal sealed class CompletionSender(CompletionCall call, CompletionPlan plan, TimeProvider clock)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Counts a piece as sent.</summary>
    public static void Count(CompletionCall call, in ReplyPiece piece)
    {
        switch (piece.Kind)
        {
            case PieceKind.Text:
                call.Text = call.Text.Plus(piece.Text.Length, Encoding.UTF8.GetByteCount(piece.Text.Span));
                break;
            case PieceKind.CallStart:
                call.Calls++;
                break;
            default:
                call.OtherTokens++;
                break;
        }
    }

    /// <summary>Sends it. The request is recorded before the client can read the end of the reply.</summary>
    /// <exception cref="OperationCanceledException">The client went away.</exception>
    public async Task RunAsync(Action record)
    {
        var pieces = plan.Pieces().ToArray();
        var delay = call.Behaviour.FirstTokenDelay + (call.Behaviour.TokenDelay * Math.Max(0, pieces.Length - 1));
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, clock, call.Context.RequestAborted);
        }

        call.OtherTokens += plan.SpentHidden;
        foreach (var piece in pieces)
        {
            Count(call, piece);
        }

        var body = Body(pieces);
        if (call.Fault.Kind.IsAfter())
        {
            await BreakAsync(body);
            record();
            return;
        }

        call.End = ReplyEnd.Completed;
        record();
        await ApiResponse.WriteJsonAsync(call.Context, body, call.Behaviour);
    }

    // Half of the body, and then the end that the fault asks for.
    private async Task BreakAsync(byte[] body)
    {
        call.End = ReplyEnd.CutByFault;
        call.Context.Response.ContentType = "application/json";
        await call.Context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), call.Context.RequestAborted);
        await call.Context.Response.Body.FlushAsync(call.Context.RequestAborted);
        if (call.Fault.Kind == FaultKind.StallAfter)
        {
            await BrokenEnding.StallAsync(call.Context);
        }
    }

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
