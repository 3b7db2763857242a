using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>
/// Writes a context as <c>input</c>. Items go without ids: the provider knows none of the gateway's, and clients must not name the provider's. A call without a result gets
/// one that says so.
/// </summary>
internal sealed class ResponsesItemWriter(Utf8JsonWriter json, UpstreamCall call, ReasoningSeal seal)
{
    private readonly ImmutableArray<Item> _context = PairedItems.Of(call.Context);
    private readonly HashSet<string> _answered = [];

    public void Write()
    {
        _answered.UnionWith(_context.OfType<ToolResultItem>().Select(static result => result.CallId));
        foreach (var item in _context)
        {
            WriteItem(item);
        }
    }

    private void WriteItem(Item item)
    {
        switch (item)
        {
            case MessageItem message when !message.Parts.IsDefaultOrEmpty:
                json.WriteStartObject();
                json.WriteString("type"u8, "message"u8);
                json.WriteString("role"u8, RoleOf(message.Role));
                json.WritePropertyName("content"u8);
                WriteParts(message.Parts, message.Role == MessageRole.Assistant);
                json.WriteEndObject();
                break;
            case ToolCallItem tool:
                var isCustom = tool.Kind == ToolKind.Custom;
                json.WriteStartObject();
                json.WriteString("type"u8, isCustom ? "custom_tool_call"u8 : "function_call"u8);
                json.WriteString("call_id"u8, CallIds.Short(tool.CallId));
                json.WriteString("name"u8, tool.Name);
                json.WriteString(isCustom ? "input"u8 : "arguments"u8, tool.Arguments);
                json.WriteEndObject();
                if (!_answered.Contains(tool.CallId))
                {
                    WriteResult(new ToolResultItem(tool.CallId, [new TextPart(MissingResult.Text)], Kind: tool.Kind));
                }

                break;
            case ToolResultItem result:
                WriteResult(result);
                break;
            case ReasoningItem reasoning:
                WriteReasoning(reasoning);
                break;
            case OpaqueItem { Dialect: DialectNames.OpenAiResponses } opaque:
                WriteOpaque(opaque);
                break;
            default:
                // Only another dialect's provider understands the item.
                break;
        }
    }

    private void WriteResult(ToolResultItem result)
    {
        result = FailedResult.Told(result);
        json.WriteStartObject();
        json.WriteString("type"u8, result.Kind == ToolKind.Custom ? "custom_tool_call_output"u8 : "function_call_output"u8);
        json.WriteString("call_id"u8, CallIds.Short(result.CallId));
        json.WritePropertyName("output"u8);
        if (result.Parts.All(static part => part is TextPart or OpaquePart))
        {
            json.WriteStringValue(result.Text);
        }
        else
        {
            WriteParts(result.Parts, isOutput: false);
        }

        json.WriteEndObject();
    }

    /// <summary>Earlier reasoning is sent to the account that it came from; other accounts could not read it.</summary>
    private void WriteReasoning(ReasoningItem reasoning)
    {
        if (seal.Open(reasoning, call.Turn.ClientKeyId, call.Target.Pool, call.Account) is not { } content)
        {
            return;
        }

        json.WriteStartObject();
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
        json.WriteString("encrypted_content"u8, content);
        json.WriteEndObject();
    }

    private void WriteOpaque(OpaqueItem opaque)
    {
        using var item = JsonDocument.Parse(LoneSurrogates.Replaced(opaque.Json));
        if (!ProviderState.IsNamedIn(item.RootElement))
        {
            item.RootElement.WriteTo(json);
        }
    }

    private void WriteParts(ImmutableArray<Part> parts, bool isOutput)
    {
        json.WriteStartArray();
        foreach (var part in parts)
        {
            WritePart(part, isOutput);
        }

        json.WriteEndArray();
    }

    private void WritePart(Part part, bool isOutput)
    {
        switch (part)
        {
            case TextPart text:
                WriteObject(isOutput ? "output_text"u8 : "input_text"u8, "text"u8, text.Text);
                break;
            case RefusalPart refusal:
                WriteObject("refusal"u8, "refusal"u8, refusal.Text);
                break;
            case ImagePart image:
                json.WriteStartObject();
                json.WriteString("type"u8, "input_image"u8);
                json.WriteString("image_url"u8, image.Url);
                json.WriteString("detail"u8, image.Detail ?? "auto");
                json.WriteEndObject();
                break;
            case FilePart { FileId: not null }:
                // The id may be of a file that another client of the same account uploaded.
                throw OpenAiFailures.Unsendable("input", "A file cannot be named by \"file_id\"; send its content as \"file_data\".");
            case FilePart file:
                var isAddress = file.Data?.StartsWith("http", StringComparison.OrdinalIgnoreCase) == true;
                json.WriteStartObject();
                json.WriteString("type"u8, "input_file"u8);
                json.WriteString(isAddress ? "file_url"u8 : "file_data"u8, file.Data);
                if (file.Name is { } name && !isAddress)
                {
                    json.WriteString("filename"u8, name);
                }

                json.WriteEndObject();
                break;
            case AudioPart audio:
                json.WriteStartObject();
                json.WriteString("type"u8, "input_audio"u8);
                json.WriteStartObject("input_audio"u8);
                json.WriteString("data"u8, audio.Data);
                json.WriteString("format"u8, audio.Format);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            default:
                // Only another dialect's provider understands the part.
                break;
        }
    }

    private void WriteObject(ReadOnlySpan<byte> type, ReadOnlySpan<byte> member, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString(member, text);
        json.WriteEndObject();
    }

    private static ReadOnlySpan<byte> RoleOf(MessageRole role) =>
        role switch
        {
            MessageRole.Assistant => "assistant"u8,
            MessageRole.System => "system"u8,
            MessageRole.Developer => "developer"u8,
            _ => "user"u8,
        };
}
