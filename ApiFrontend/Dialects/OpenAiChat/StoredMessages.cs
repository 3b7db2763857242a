using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>One message of a kept completion's input.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Role">Who speaks.</param>
/// <param name="Parts">What is said.</param>
/// <param name="Name">The speaker's name, if the client gave one.</param>
/// <param name="Reasoning">What the model thought before; null when the client sent none.</param>
/// <param name="CallId">The call that a tool's message answers; null for other messages.</param>
/// <param name="Calls">The calls that an assistant's message makes.</param>
internal sealed record StoredMessage(
    string Id,
    string Role,
    ImmutableArray<Part> Parts,
    string? Name,
    string? Reasoning,
    string? CallId,
    ImmutableArray<ToolCallItem> Calls
);

/// <summary>Makes messages of items again, as the client sent them: an assistant's calls are in the message before them.</summary>
internal static class StoredMessages
{
    public static IReadOnlyList<StoredMessage> Of(string completionId, ImmutableArray<Item> items)
    {
        var messages = new List<StoredMessage>();
        string? reasoning = null;
        foreach (var item in items)
        {
            switch (item)
            {
                case ReasoningItem thought:
                    reasoning = thought.Text;
                    continue;
                case MessageItem message:
                    Add(OpenAiItems.RoleOf(message.Role), message.Parts, message.Name, null);
                    break;
                case ToolResultItem result:
                    Add(result.CallId.Length == 0 ? "function" : "tool", result.Parts, result.Name, result.CallId);
                    break;
                case ToolCallItem call:
                    if (messages is not [.., { Role: "assistant" }] || reasoning is not null)
                    {
                        Add("assistant", [], null, null);
                    }

                    messages[^1] = messages[^1] with { Calls = messages[^1].Calls.Add(call) };
                    break;
            }

            reasoning = null;
        }

        return messages;

        void Add(string role, ImmutableArray<Part> parts, string? name, string? callId) =>
            messages.Add(new($"{completionId}-{messages.Count}", role, parts, name, reasoning, callId, []));
    }

    public static void Write(Utf8JsonWriter json, StoredMessage message)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, message.Id);
        json.WriteString("role"u8, message.Role);
        var isText = message.Parts.All(static part => part is TextPart);
        if (message.Parts.IsEmpty || !isText)
        {
            json.WriteNull("content"u8);
        }
        else
        {
            json.WriteString("content"u8, string.Concat(message.Parts.Cast<TextPart>().Select(static part => part.Text)));
        }

        json.WriteString("refusal"u8, message.Parts.OfType<RefusalPart>().FirstOrDefault()?.Text);
        WriteParts(json, message, isText);
        if (message.Name is { } name)
        {
            json.WriteString("name"u8, name);
        }

        if (message.Reasoning is { } reasoning)
        {
            json.WriteString("reasoning_content"u8, reasoning);
        }

        if (message.CallId is { Length: > 0 } callId)
        {
            json.WriteString("tool_call_id"u8, callId);
        }

        WriteCalls(json, message.Calls);
        json.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter json, ImmutableArray<ToolCallItem> calls)
    {
        if (calls is [{ CallId.Length: 0 } old])
        {
            json.WriteStartObject("function_call"u8);
            WriteTool(json, old, "arguments"u8);
            json.WriteEndObject();
        }
        else if (!calls.IsEmpty)
        {
            json.WriteStartArray("tool_calls"u8);
            foreach (var call in calls)
            {
                var isCustom = call.Kind == ToolKind.Custom;
                json.WriteStartObject();
                json.WriteString("id"u8, call.CallId);
                json.WriteString("type"u8, isCustom ? "custom"u8 : "function"u8);
                json.WriteStartObject(isCustom ? "custom"u8 : "function"u8);
                WriteTool(json, call, isCustom ? "input"u8 : "arguments"u8);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    private static void WriteTool(Utf8JsonWriter json, ToolCallItem call, ReadOnlySpan<byte> arguments)
    {
        json.WriteString("name"u8, call.Name);
        json.WriteString(arguments, call.Arguments);
    }

    private static void WriteParts(Utf8JsonWriter json, StoredMessage message, bool isText)
    {
        if (isText)
        {
            json.WriteNull("content_parts"u8);
            return;
        }

        json.WriteStartArray("content_parts"u8);
        foreach (var part in message.Parts)
        {
            WritePart(json, part);
        }

        json.WriteEndArray();
    }

    private static void WritePart(Utf8JsonWriter json, Part part)
    {
        if (part is RefusalPart)
        {
            return;
        }

        if (part is OpaquePart opaque)
        {
            json.WriteRawValue(opaque.Json);
            return;
        }

        json.WriteStartObject();
        switch (part)
        {
            case TextPart text:
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, text.Text);
                break;
            case ImagePart image:
                json.WriteString("type"u8, "image_url"u8);
                json.WriteStartObject("image_url"u8);
                json.WriteString("url"u8, image.Url);
                json.WriteString("detail"u8, image.Detail ?? "auto");
                json.WriteEndObject();
                break;
            case AudioPart audio:
                OpenAiItems.WriteAudio(json, audio);
                break;
            case FilePart file:
                json.WriteString("type"u8, "file"u8);
                json.WriteStartObject("file"u8);
                json.WriteString(file.Data is null ? "file_id"u8 : "file_data"u8, file.Data ?? file.FileId);
                json.WriteString("filename"u8, file.Name);
                json.WriteEndObject();
                break;
        }

        json.WriteEndObject();
    }
}
