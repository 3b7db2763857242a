using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>Writes request bodies as UTF-8. Pure.</summary>
internal static class FlowGptRequestWriter
{
    // The body goes to an API, not into a page: only what JSON itself demands is escaped.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>The body of <c>POST /conversation/create</c>: the earlier turns, never the question.</summary>
    public static void WriteCreate(IBufferWriter<byte> output, string promptId, FlowGptContext context)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("promptId"u8, promptId);
        json.WriteString("location"u8, "CHAT_PAGE"u8);
        WriteTurns(json, "messages"u8, FlowGptMessages.WithSystemFirst(context));
        json.WriteEndObject();
    }

    /// <summary>The body of <c>POST /v3/chat</c>, with the upstream conversation's id, or with the context itself when that is null.</summary>
    public static void WriteChat(IBufferWriter<byte> output, FlowGptChatFields fields, string? conversationId, FlowGptContext context)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("model"u8, fields.Model);
        json.WriteBoolean("nsfw"u8, false);
        json.WriteString("question"u8, context.Question);
        if (conversationId is not null)
        {
            json.WriteString("conversationId"u8, conversationId);
        }
        else
        {
            WriteTurns(json, "history"u8, context.Earlier);
            if (context.System is not null)
            {
                json.WriteString("system"u8, context.System);
            }
        }

        json.WriteString("promptId"u8, fields.PromptId);
        json.WriteString("userId"u8, fields.UserId);
        json.WriteNumber("temperature"u8, fields.Temperature);
        json.WriteBoolean("generateImage"u8, false);
        json.WriteBoolean("generateAudio"u8, false);
        json.WriteStartArray("documentIds"u8);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTurns(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<FlowGptTurn> turns)
    {
        json.WriteStartArray(name);
        foreach (var turn in turns)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, turn.Role);
            json.WriteString("content"u8, turn.Content);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
