using System.Text;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Chat;

/// <summary>Reads a message's <c>content</c>: a string, null, or an array of parts whose texts are joined by line breaks.</summary>
internal static class ChatContentReader
{
    private const string TextOnly = "Models here read text only; leave this part out.";

    public static ApiError? Read(ref Utf8JsonReader json, FieldPath path, out string? text)
    {
        text = null;
        switch (json.TokenType)
        {
            case JsonTokenType.String:
                text = json.GetString();
                return null;
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.StartArray:
                return ReadParts(ref json, path, out text);
            default:
                return JsonField.WrongType(ref json, path, "a string or an array of parts");
        }
    }

    private static ApiError? ReadParts(ref Utf8JsonReader json, FieldPath path, out string? text)
    {
        text = null;
        StringBuilder? joined = null;
        for (var index = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; index++)
        {
            if (ReadPart(ref json, path.At(index), out var part) is { } error)
            {
                return error;
            }

            if (index == 0)
            {
                text = part;
                continue;
            }

            joined ??= new StringBuilder(text);
            joined.Append('\n').Append(part);
        }

        text = joined?.ToString() ?? text ?? "";
        return null;
    }

    private static ApiError? ReadPart(ref Utf8JsonReader json, FieldPath path, out string? text)
    {
        text = null;
        string? type = null;
        string? refusal = null;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return JsonField.WrongType(ref json, path, "an object");
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            ApiError? error = null;
            if (json.ValueTextEquals("type"u8))
            {
                json.Read();
                error = JsonField.ReadString(ref json, path.Dot("type"), out type);
            }
            else if (json.ValueTextEquals("text"u8))
            {
                json.Read();
                error = JsonField.ReadString(ref json, path.Dot("text"), out text);
            }
            else if (json.ValueTextEquals("refusal"u8))
            {
                json.Read();
                error = JsonField.ReadString(ref json, path.Dot("refusal"), out refusal);
            }
            else
            {
                json.Skip();
            }

            if (error is not null)
            {
                return error;
            }
        }

        return Check(path, type, refusal, ref text);
    }

    private static ApiError? Check(FieldPath path, string? type, string? refusal, ref string? text)
    {
        switch (type)
        {
            case "text":
                return text is null ? RequestErrors.Missing(path.Dot("text").ToString()) : null;
            case "refusal":
                text = refusal;
                return text is null ? RequestErrors.Missing(path.Dot("refusal").ToString()) : null;
            case null:
                return RequestErrors.Missing(path.Dot("type").ToString());
            case "image_url" or "input_audio" or "file":
                return RequestErrors.Unsupported(path.Dot("type").ToString(), $"The part is of type '{type}'. {TextOnly}");
            default:
                return RequestErrors.InvalidValue(path.Dot("type").ToString(), type, "'text' and 'refusal'");
        }
    }
}
