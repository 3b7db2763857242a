using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Writes the parts of a message as its <c>content</c>: one text as a string, everything else as an array.</summary>
internal sealed class ChatPartWriter(Utf8JsonWriter json, OpenAiPool pool)
{
    public void Write(ImmutableArray<Part> parts)
    {
        if (parts.IsDefaultOrEmpty)
        {
            json.WriteStringValue(""u8);
        }
        else if (parts is [TextPart single])
        {
            json.WriteStringValue(single.Text);
        }
        else if (pool.Lacks(OpenAiQuirks.ContentParts) && parts.All(static part => part is TextPart))
        {
            json.WriteStringValue(string.Join('\n', parts.Select(static part => ((TextPart)part).Text)));
        }
        else
        {
            json.WriteStartArray();
            foreach (var part in parts)
            {
                Write(part);
            }

            json.WriteEndArray();
        }
    }

    private void Write(Part part)
    {
        switch (part)
        {
            case TextPart text:
                WriteText("text"u8, text.Text);
                break;
            case RefusalPart refusal:
                WriteText("refusal"u8, refusal.Text);
                break;
            case ImagePart image:
                WriteImage(image);
                break;
            case FilePart file:
                WriteFile(file);
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
            case OpaquePart { Dialect: DialectNames.OpenAiChat } opaque:
                ChatRequestWriter.WriteRaw(json, opaque.Json, "messages");
                break;
            default:
                // Only another dialect's provider understands the part.
                break;
        }
    }

    private void WriteText(ReadOnlySpan<byte> type, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString(type, text);
        json.WriteEndObject();
    }

    private void WriteImage(ImagePart image)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "image_url"u8);
        json.WriteStartObject("image_url"u8);
        json.WriteString("url"u8, image.Url);
        if (image.Detail is { } detail)
        {
            json.WriteString("detail"u8, detail);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteFile(FilePart file)
    {
        if (file.FileId is not null)
        {
            // The id may be of a file that another client of the same account uploaded.
            throw OpenAiFailures.Unsendable(
                "messages",
                "A file of a message cannot be named by \"file_id\"; send its content as \"file_data\"."
            );
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "file"u8);
        json.WriteStartObject("file"u8);
        if (file.Name is { } name)
        {
            json.WriteString("filename"u8, name);
        }

        json.WriteString("file_data"u8, file.Data ?? "");
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
