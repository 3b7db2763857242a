using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Writes the members of a response object that repeat the request. All of them are always there: strict clients fail at a missing member.</summary>
internal static class EchoWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The members as JSON, without braces.</summary>
    /// <param name="body">The request.</param>
    /// <param name="tools">Its tools.</param>
    /// <param name="metadata">Its notes, as one JSON object of texts; null when there are none.</param>
    public static string Write(RequestField body, RequestTools tools, string? metadata)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            WriteMembers(json, body, tools, metadata);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(output.WrittenSpan[1..^1]);
    }

    private static void WriteMembers(Utf8JsonWriter json, RequestField body, RequestTools tools, string? metadata)
    {
        json.WriteBoolean("background"u8, body["background"].Value.ValueKind == JsonValueKind.True);
        Copy(json, body, "instructions", "null");
        Copy(json, body, "max_output_tokens", "null");
        Copy(json, body, "max_tool_calls", "null");
        Copy(json, body, "parallel_tool_calls", "true");
        Copy(json, body, "previous_response_id", "null");
        WriteConversation(json, body["conversation"]);
        Copy(json, body, "prompt_cache_key", "null");
        WriteReasoning(json, body["reasoning"]);
        Copy(json, body, "safety_identifier", "null");
        json.WriteString("service_tier"u8, "default"u8);
        json.WriteBoolean("store"u8, body["store"].Value.ValueKind != JsonValueKind.False);
        Copy(json, body, "temperature", "1");
        WriteText(json, body["text"]);
        Copy(json, body, "tool_choice", "\"auto\"");
        WriteTools(json, tools);
        Copy(json, body, "top_logprobs", "0");
        Copy(json, body, "top_p", "1");
        json.WriteNumber("presence_penalty"u8, 0);
        json.WriteNumber("frequency_penalty"u8, 0);
        Copy(json, body, "truncation", "\"disabled\"");
        Copy(json, body, "user", "null");
        json.WritePropertyName("metadata"u8);
        json.WriteRawValue(metadata ?? "{}", skipInputValidation: true);
    }

    private static void Copy(Utf8JsonWriter json, RequestField body, string name, string otherwise)
    {
        json.WritePropertyName(name);
        WriteValue(json, body[name], otherwise);
    }

    private static void WriteValue(Utf8JsonWriter json, RequestField field, string otherwise)
    {
        if (field.IsGiven)
        {
            field.Value.WriteTo(json);
        }
        else
        {
            json.WriteRawValue(otherwise, skipInputValidation: true);
        }
    }

    private static void WriteConversation(Utf8JsonWriter json, RequestField conversation)
    {
        var id = conversation.Value.ValueKind == JsonValueKind.Object ? conversation["id"] : conversation;
        if (!id.IsGiven)
        {
            return;
        }

        json.WriteStartObject("conversation"u8);
        json.WritePropertyName("id"u8);
        id.Value.WriteTo(json);
        json.WriteEndObject();
    }

    private static void WriteReasoning(Utf8JsonWriter json, RequestField reasoning)
    {
        json.WriteStartObject("reasoning"u8);
        Copy(json, reasoning, "effort", "null");
        Copy(json, reasoning, "summary", "null");
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, RequestField text)
    {
        json.WriteStartObject("text"u8);
        Copy(json, text, "format", """{"type":"text"}""");
        Copy(json, text, "verbosity", "\"medium\"");
        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, RequestTools tools)
    {
        json.WriteStartArray("tools"u8);
        foreach (var tool in tools.Kept)
        {
            if (tool["type"].Value.ValueEquals("function"u8))
            {
                json.WriteStartObject();
                json.WriteString("type"u8, "function"u8);
                foreach (var name in (ReadOnlySpan<string>)["name", "description", "parameters", "strict"])
                {
                    Copy(json, tool, name, "null");
                }

                json.WriteEndObject();
            }
            else
            {
                tool.Value.WriteTo(json);
            }
        }

        json.WriteEndArray();
    }
}
