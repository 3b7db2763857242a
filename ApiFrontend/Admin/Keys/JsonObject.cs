using System.Buffers;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Admin.Keys;

/// <summary>Reads a body that is one JSON object, field by field.</summary>
internal static class JsonObject
{
    /// <summary>Reads a field: the reader is at its name, and is left on its value's last token.</summary>
    public delegate ApiError? FieldReader(ref Utf8JsonReader json);

    /// <summary>
    /// Null when all is well, else every problem in one error. An empty body is an object without fields; half surrogate pairs become U+FFFD, as in clients' bodies.
    /// </summary>
    public static ApiError? Read(in ReadOnlySequence<byte> body, FieldReader field)
    {
        if (body.IsEmpty)
        {
            return null;
        }

        var text = LoneSurrogates.Replaced(body);
        var json = new Utf8JsonReader(text);
        try
        {
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
            {
                return RequestErrors.InvalidJson("The body must be a JSON object.");
            }

            var error = ReadFields(ref json, field);
            json.Read();
            return error;
        }
        catch (JsonException exception)
        {
            return RequestErrors.InvalidJson(JsonProblem.Describe(exception, isEmpty: false));
        }
        catch (InvalidOperationException)
        {
            return RequestErrors.InvalidText(JsonPlace.OfBadText(text));
        }
    }

    /// <summary>Reads the fields of an object that the reader is at; null when all are well, else every problem in one error.</summary>
    public static ApiError? ReadFields(ref Utf8JsonReader json, FieldReader field)
    {
        ApiError? all = null;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var before = json;
            if (field(ref json) is { } error)
            {
                // The field's reader has stopped inside the value.
                json = before;
                json.Skip();
                all = all is null ? error : all with { Message = $"{all.Message} {error.Message}" };
            }
        }

        return all;
    }
}
