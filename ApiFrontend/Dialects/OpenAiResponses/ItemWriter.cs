using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Writes stored items as the API shows them.</summary>
internal static class ItemWriter
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Utf8JsonWriter json, Item item)
    {
        if (item is OpaqueItem opaque)
        {
            json.WriteRawValue(opaque.Json);
            return;
        }

        json.WriteStartObject();
        json.WriteString("id"u8, item.Id);
        switch (item)
        {
            case MessageItem message:
                json.WriteString("type"u8, "message"u8);
                json.WriteString("status"u8, message.IsIncomplete ? "incomplete"u8 : "completed"u8);
                json.WriteString("role"u8, OpenAiItems.RoleOf(message.Role));
                json.WriteStartArray("content"u8);
                WriteParts(json, message.Parts, message.Role == MessageRole.Assistant);
                json.WriteEndArray();
                break;
            case ToolCallItem call:
                json.WriteString("type"u8, call.Kind == ToolKind.Custom ? "custom_tool_call"u8 : "function_call"u8);
                json.WriteString("status"u8, "completed"u8);
                json.WriteString("call_id"u8, call.CallId);
                json.WriteString("name"u8, call.Name);
                json.WriteString(call.Kind == ToolKind.Custom ? "input"u8 : "arguments"u8, call.Arguments);
                break;
            case ToolResultItem result:
                WriteResult(json, result);
                break;
            case ReasoningItem reasoning:
                WriteReasoning(json, reasoning);
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, ToolResultItem result)
    {
        json.WriteString("type"u8, result.Kind == ToolKind.Custom ? "custom_tool_call_output"u8 : "function_call_output"u8);
        json.WriteString("status"u8, result.IsError ? "incomplete"u8 : "completed"u8);
        json.WriteString("call_id"u8, result.CallId);
        if (result.Parts.All(static part => part is TextPart))
        {
            json.WriteString("output"u8, result.Text);
            return;
        }

        json.WriteStartArray("output"u8);
        WriteParts(json, result.Parts, isOutput: false);
        json.WriteEndArray();
    }

    private static void WriteReasoning(Utf8JsonWriter json, ReasoningItem reasoning)
    {
        json.WriteString("type"u8, "reasoning"u8);
        json.WriteStartArray("summary"u8);
        if (reasoning.Text.Length > 0)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "summary_text"u8);
            json.WriteString("text"u8, reasoning.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteParts(Utf8JsonWriter json, ImmutableArray<Part> parts, bool isOutput)
    {
        foreach (var part in parts)
        {
            json.WriteStartObject();
            WritePart(json, part, isOutput);
            json.WriteEndObject();
        }
    }

    private static void WritePart(Utf8JsonWriter json, Part part, bool isOutput)
    {
        switch (part)
        {
            case TextPart text:
                json.WriteString("type"u8, isOutput ? "output_text"u8 : "input_text"u8);
                json.WriteString("text"u8, text.Text);
                if (isOutput)
                {
                    json.WriteStartArray("annotations"u8);
                    json.WriteEndArray();
                    json.WriteStartArray("logprobs"u8);
                    json.WriteEndArray();
                }

                break;
            case RefusalPart refusal:
                json.WriteString("type"u8, "refusal"u8);
                json.WriteString("refusal"u8, refusal.Text);
                break;
            case ImagePart image:
                json.WriteString("type"u8, "input_image"u8);
                json.WriteString("image_url"u8, image.Url);
                json.WriteString("detail"u8, image.Detail ?? "auto");
                break;
            case FilePart file:
                json.WriteString("type"u8, "input_file"u8);
                json.WriteString("filename"u8, file.Name);
                json.WriteString(file.Data is null ? "file_id"u8 : "file_data"u8, file.Data ?? file.FileId);
                break;
            case AudioPart audio:
                OpenAiItems.WriteAudio(json, audio);
                break;
            default:
                json.WriteString("type"u8, "input_text"u8);
                json.WriteString("text"u8, ""u8);
                break;
        }
    }
}
