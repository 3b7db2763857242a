using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>Reads the fields that say in which form the reply comes: <c>response_format</c> and <c>modalities</c>.</summary>
internal static class FormatReader
{
    private const string Param = "response_format";

    private static readonly string[] Types = ["text", "json_object", "json_schema"];

    private static readonly string[] Modalities = ["text", "audio"];

    public static ApiError? Read(ref Utf8JsonReader json, ref ChatFields fields)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.StartObject)
        {
            return JsonField.WrongType(ref json, Param, "an object");
        }

        string? type = null;
        ResponseFormat? schema = null;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            ApiError? error = null;
            if (json.ValueTextEquals("type"u8))
            {
                json.Read();
                error = JsonField.ReadChoice(ref json, ((FieldPath)Param).Dot("type"), Types, out type);
            }
            else if (json.ValueTextEquals("json_schema"u8))
            {
                json.Read();
                error = ReadSchema(ref json, ((FieldPath)Param).Dot("json_schema"), in fields, out schema);
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

        fields.Format = type switch
        {
            "json_object" => new ResponseFormat(ResponseFormatKind.JsonObject),
            "json_schema" => schema,
            _ => null,
        };
        return type is null ? RequestErrors.Missing($"{Param}.type")
            : type == "json_schema" && schema is null ? RequestErrors.Missing($"{Param}.json_schema")
            : null;
    }

    public static ApiError? ReadModalities(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.StartArray)
        {
            return JsonField.WrongType(ref json, "modalities", "an array of strings");
        }

        for (var index = 0; json.Read() && json.TokenType != JsonTokenType.EndArray; index++)
        {
            if (JsonField.ReadChoice(ref json, ((FieldPath)"modalities").At(index), Modalities, out var modality) is { } error)
            {
                return error;
            }

            if (modality == "audio")
            {
                return RequestErrors.Unsupported("modalities", "Replies here are text only.");
            }
        }

        return null;
    }

    private static ApiError? ReadSchema(ref Utf8JsonReader json, FieldPath path, in ChatFields fields, out ResponseFormat? format)
    {
        var error = NamedSchema.Read(ref json, path, "schema", fields.Body, out var read);
        error ??= read.Schema is null ? RequestErrors.Missing(path.Dot("schema").ToString()) : null;
        format = error is null ? new(ResponseFormatKind.JsonSchema, read.Name, read.Schema, read.Strict, read.Description) : null;
        return error;
    }
}
