using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Reads the content of a message or the output of a tool: a text, null, or parts. Empty texts are left out.</summary>
internal static class PartReader
{
    public static ImmutableArray<Part> Read(RequestField content)
    {
        if (content.Value.ValueKind == JsonValueKind.String)
        {
            return content.String() is { Length: > 0 } text ? [new TextPart(text)] : [];
        }

        var parts = ImmutableArray.CreateBuilder<Part>();
        foreach (var field in content.Elements("a string or an array of parts"))
        {
            if (field.Object() is not null && ReadPart(field) is { } part and not (TextPart { Text: "" } or RefusalPart { Text: "" }))
            {
                parts.Add(part);
            }
        }

        return parts.DrainToImmutable();
    }

    private static Part? ReadPart(RequestField part)
    {
        switch (part["type"].String())
        {
            case "input_text" or "output_text" or "text" or "summary_text" or "reasoning_text":
                return new TextPart(RequiredText(part["text"]));
            case "refusal":
                return new RefusalPart(RequiredText(part["refusal"]));
            case "input_image":
                return part.Is(ReadImage(part));
            case "input_file":
                return part.Is(ReadFile(part));
            case "input_audio":
                var audio = part["input_audio"];
                return part.Is(new AudioPart(audio["data"].Required(), audio["format"].Required()));
            case null:
                part["type"].RefuseMissing();
                return null;
            case var other:
                part["type"]
                    .Refuse(
                        RequestErrors.InvalidValue(
                            part["type"].Path,
                            other,
                            "'input_text', 'input_image', 'input_file', 'input_audio', 'output_text' and 'refusal'"
                        )
                    );
                return null;
        }
    }

    private static string RequiredText(RequestField text)
    {
        var value = text.String();
        if (value is null)
        {
            text.RefuseMissing();
        }

        return value ?? "";
    }

    private static ImagePart? ReadImage(RequestField part)
    {
        // Some clients send the object of Chat here.
        var field = part["image_url"];
        var url = field.Value.ValueKind == JsonValueKind.Object ? field["url"].String() : field.String();
        if (!string.IsNullOrEmpty(url))
        {
            return new ImagePart(url, Detail(part["detail"].String()));
        }

        if (part["file_id"].IsGiven)
        {
            part["file_id"]
                .Refuse(RequestErrors.Unsupported(part["file_id"].Path, "No files are kept here; send the image itself as 'image_url'."));
        }
        else
        {
            field.RefuseMissing();
        }

        return null;
    }

    /// <summary>The details that every server knows; <c>original</c> is a newer value, for the highest detail; some clients send an empty text for none.</summary>
    private static string? Detail(string? detail) =>
        detail switch
        {
            "original" => "high",
            "" => null,
            _ => detail,
        };

    private static FilePart? ReadFile(RequestField part)
    {
        var data = part["file_data"].String() ?? part["file_url"].String();
        var fileId = part["file_id"].String();
        if (data is null && fileId is null)
        {
            part["file_data"].RefuseMissing();
            return null;
        }

        return new FilePart(data is null ? fileId : null, data, part["filename"].String());
    }
}
