using System.Buffers;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>The object that describes a tool or a JSON schema.</summary>
/// <param name="Name">Its name; null when there is none.</param>
/// <param name="Description">For the model.</param>
/// <param name="Schema">The schema as the client sent it.</param>
/// <param name="Strict">Whether the model must obey the schema.</param>
internal readonly record struct NamedSchema(string? Name, string? Description, string? Schema, bool? Strict)
{
    /// <summary>Reads the object that the reader is at.</summary>
    /// <param name="json">Left on the object's end.</param>
    /// <param name="path">Where the object stands.</param>
    /// <param name="schemaField">The name of the field that holds the schema.</param>
    /// <param name="body">The whole request, from which the schema is taken.</param>
    /// <param name="read">What was read.</param>
    public static ApiError? Read(
        ref Utf8JsonReader json,
        FieldPath path,
        string schemaField,
        in ReadOnlySequence<byte> body,
        out NamedSchema read
    )
    {
        read = default;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            return JsonField.WrongType(ref json, path, "an object");
        }

        string? name = null;
        string? description = null;
        string? schema = null;
        bool? strict = null;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            ApiError? error = null;
            if (json.ValueTextEquals("name"u8))
            {
                json.Read();
                error = JsonField.ReadString(ref json, path.Dot("name"), out name);
            }
            else if (json.ValueTextEquals("description"u8))
            {
                json.Read();
                error = JsonField.ReadString(ref json, path.Dot("description"), out description);
            }
            else if (json.ValueTextEquals(schemaField))
            {
                json.Read();
                error = JsonField.ReadObject(ref json, path.Dot(schemaField), body, out schema);
            }
            else if (json.ValueTextEquals("strict"u8))
            {
                json.Read();
                error = JsonField.ReadBoolean(ref json, path.Dot("strict"), out strict);
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

        read = new(name, description, schema, strict);
        return name is null or "" ? RequestErrors.Missing(path.Dot("name").ToString()) : null;
    }
}
