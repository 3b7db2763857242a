using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>Writes parts and items as the blocks of a message.</summary>
internal sealed class BlockListWriter(Utf8JsonWriter json)
{
    private const string DataScheme = "data:";
    private const string Base64 = ";base64,";
    private const string PlainText = "text/plain";

    public void WriteParts(ImmutableArray<Part> parts)
    {
        for (var i = 0; i < parts.Length; i++)
        {
            if (BlockMarks.Of(parts[i]) is null)
            {
                WritePart(parts[i], i + 1 < parts.Length ? BlockMarks.Of(parts[i + 1]) : null);
            }
        }
    }

    public void WriteText(string text, string? mark = null)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            // The provider refuses a block without text, and one of white space alone.
            return;
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, text);
        BlockMarks.Write(json, mark);
        json.WriteEndObject();
    }

    public void WriteCall(ToolCallItem call, string id, string? mark)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_use"u8);
        json.WriteString("id"u8, id);
        json.WriteString("name"u8, call.Name);
        json.WritePropertyName("input"u8);
        WriteInput(call);
        BlockMarks.Write(json, mark);
        json.WriteEndObject();
    }

    public void WriteResult(ToolResultItem result, string id)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "tool_result"u8);
        json.WriteString("tool_use_id"u8, id);
        if (!result.Parts.IsDefaultOrEmpty)
        {
            json.WriteStartArray("content"u8);
            WriteParts(result.Parts);
            json.WriteEndArray();
        }

        if (result.IsError)
        {
            json.WriteBoolean("is_error"u8, true);
        }

        BlockMarks.Write(json, BlockMarks.Of(result));
        json.WriteEndObject();
    }

    public void WriteThinking(ReasoningItem reasoning, string signature)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "thinking"u8);
        json.WriteString("thinking"u8, reasoning.Text);
        json.WriteString("signature"u8, signature);
        json.WriteEndObject();
    }

    private void WritePart(Part part, string? mark)
    {
        switch (part)
        {
            case TextPart text:
                WriteText(text.Text, mark);
                break;
            case RefusalPart refusal:
                WriteText(refusal.Text, mark);
                break;
            case ImagePart image:
                WriteSource("image"u8, image.Url, null, mark);
                break;
            case FilePart { FileId: null, Data: { } data } file:
                WriteSource("document"u8, data, file.Name, mark);
                break;
            case FilePart:
                // The id may be of a file that another client of the same account uploaded.
                throw AnthropicFailures.Unsendable("messages", "A file of a message cannot be named by its id; send its content.");
            case OpaquePart { Dialect: DialectNames.AnthropicMessages } opaque:
                MessagesRequestWriter.WriteRaw(json, opaque.Json, "messages");
                break;
        }
    }

    private void WriteSource(ReadOnlySpan<byte> type, string address, string? title, string? mark)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteStartObject("source"u8);
        var isData = address.StartsWith(DataScheme, StringComparison.OrdinalIgnoreCase);
        var comma = isData ? address.IndexOf(Base64, StringComparison.OrdinalIgnoreCase) : -1;
        if (!isData)
        {
            json.WriteString("type"u8, "url"u8);
            json.WriteString("url"u8, address);
        }
        else if (comma < 0)
        {
            throw AnthropicFailures.Unsendable(
                "messages",
                "An image or file of a message is not in base64; send \"data:<type>;base64,<data>\"."
            );
        }
        else
        {
            WriteData(address[DataScheme.Length..comma], address.AsSpan(comma + Base64.Length));
        }

        json.WriteEndObject();
        if (title is not null)
        {
            json.WriteString("title"u8, title);
        }

        BlockMarks.Write(json, mark);
        json.WriteEndObject();
    }

    private void WriteData(string mediaType, ReadOnlySpan<char> data)
    {
        if (mediaType.Split(';')[0] == PlainText)
        {
            json.WriteString("type"u8, "text"u8);
            json.WriteString("media_type"u8, PlainText);
            json.WriteString("data"u8, Decode(data));
            return;
        }

        json.WriteString("type"u8, "base64"u8);
        json.WriteString("media_type"u8, mediaType);
        json.WriteString("data"u8, data);
    }

    private static string Decode(ReadOnlySpan<char> data)
    {
        var bytes = new byte[data.Length];
        return Convert.TryFromBase64Chars(data, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : throw AnthropicFailures.Unsendable("messages", "A file of a message is not valid base64.");
    }

    /// <summary>The input must be an object. Free text, and JSON that is no object, become an object with a single string.</summary>
    private void WriteInput(ToolCallItem call)
    {
        if (call.Kind == ToolKind.Function)
        {
            if (string.IsNullOrWhiteSpace(call.Arguments))
            {
                json.WriteStartObject();
                json.WriteEndObject();
                return;
            }

            try
            {
                using var arguments = JsonDocument.Parse(LoneSurrogates.Replaced(call.Arguments));
                if (arguments.RootElement.ValueKind == JsonValueKind.Object)
                {
                    arguments.RootElement.WriteTo(json);
                    return;
                }
            }
            catch (JsonException)
            {
                // Written as a text below.
            }
        }

        json.WriteStartObject();
        json.WriteString(MessagesToolWriter.CustomInput, call.Arguments);
        json.WriteEndObject();
    }
}
