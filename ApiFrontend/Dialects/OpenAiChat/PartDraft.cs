using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>One part of a message's content while it is being read. Its type may come after its other members.</summary>
internal struct PartDraft
{
    private string? _type;
    private string? _text;
    private string? _refusal;
    private string? _url;
    private string? _detail;
    private string? _data;
    private string? _format;
    private string? _fileId;
    private string? _fileData;
    private string? _fileName;

    public ApiError? ReadMember(ref Utf8JsonReader json, FieldPath path)
    {
        if (json.ValueTextEquals("type"u8))
        {
            json.Read();
            return JsonField.ReadString(ref json, path.Dot("type"), out _type);
        }

        if (json.ValueTextEquals("text"u8))
        {
            json.Read();
            return JsonField.ReadString(ref json, path.Dot("text"), out _text);
        }

        if (json.ValueTextEquals("refusal"u8))
        {
            json.Read();
            return JsonField.ReadString(ref json, path.Dot("refusal"), out _refusal);
        }

        if (json.ValueTextEquals("image_url"u8))
        {
            json.Read();
            return ReadImage(ref json, path.Dot("image_url"));
        }

        if (json.ValueTextEquals("input_audio"u8))
        {
            json.Read();
            return ReadStrings(ref json, path.Dot("input_audio"), "data", ref _data, "format", ref _format, "", ref _text);
        }

        if (json.ValueTextEquals("file"u8))
        {
            json.Read();
            return ReadStrings(ref json, path.Dot("file"), "file_id", ref _fileId, "file_data", ref _fileData, "filename", ref _fileName);
        }

        json.Skip();
        return null;
    }

    /// <summary>Checks the part and makes it.</summary>
    public readonly ApiError? Finish(FieldPath path, out Part? part)
    {
        part = _type switch
        {
            "text" when _text is not null => new TextPart(_text),
            "refusal" when _refusal is not null => new RefusalPart(_refusal),
            "image_url" when _url is not null => new ImagePart(_url, _detail is "" ? null : _detail),
            "input_audio" when _data is not null && _format is not null => new AudioPart(_data, _format),
            "file" when _fileId is not null || _fileData is not null => new FilePart(_fileId, _fileData, _fileName),
            _ => null,
        };
        return part is not null ? null
            : _type is null ? RequestErrors.Missing(path.Dot("type").ToString())
            : MissingMember() is { } missing ? RequestErrors.Missing(path.Dot(missing).ToString())
            : RequestErrors.InvalidValue(path.Dot("type").ToString(), _type, "'text', 'image_url', 'input_audio', 'file' and 'refusal'");
    }

    private readonly string? MissingMember() =>
        _type switch
        {
            "text" or "refusal" => _type,
            "image_url" => "image_url.url",
            "input_audio" => _data is null ? "input_audio.data" : "input_audio.format",
            "file" => "file.file_data",
            _ => null,
        };

    /// <summary>An object with the address, or, as some clients send it, the address alone.</summary>
    private ApiError? ReadImage(ref Utf8JsonReader json, FieldPath path)
    {
        if (json.TokenType != JsonTokenType.String)
        {
            return ReadStrings(ref json, path, "url", ref _url, "detail", ref _detail, "", ref _text);
        }

        _url = json.GetString();
        return null;
    }

    private static ApiError? ReadStrings(
        ref Utf8JsonReader json,
        FieldPath path,
        string first,
        ref string? firstValue,
        string second,
        ref string? secondValue,
        string third,
        ref string? thirdValue
    )
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.StartObject)
        {
            return JsonField.WrongType(ref json, path, "an object");
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            ApiError? error = null;
            if (json.ValueTextEquals(first))
            {
                json.Read();
                error = JsonField.ReadString(ref json, path.Dot(first), out firstValue);
            }
            else if (json.ValueTextEquals(second))
            {
                json.Read();
                error = JsonField.ReadString(ref json, path.Dot(second), out secondValue);
            }
            else if (third.Length > 0 && json.ValueTextEquals(third))
            {
                json.Read();
                error = JsonField.ReadString(ref json, path.Dot(third), out thirdValue);
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

        return null;
    }
}
