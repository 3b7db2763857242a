using System.Buffers;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;

namespace FlowGpt.ApiFrontend.Admin.Keys;

/// <summary>Reads a body that is one JSON object, field by field.</summary>
internal static class JsonObject
{
    /// <summary>Reads a field: the reader stands on its name, and is left on its value's last token.</summary>
    public delegate ApiError? FieldReader(ref Utf8JsonReader json);

    /// <summary>Null when all is well, else the first problem. An empty body is an object without fields.</summary>
    public static ApiError? Read(in ReadOnlySequence<byte> body, FieldReader field)
    {
        if (body.IsEmpty)
        {
            return null;
        }

        var json = new Utf8JsonReader(body);
        try
        {
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
            {
                return RequestErrors.InvalidJson("The body must be a JSON object.");
            }

            while (json.Read() && json.TokenType != JsonTokenType.EndObject)
            {
                if (field(ref json) is { } error)
                {
                    return error;
                }
            }

            json.Read();
            return null;
        }
        catch (JsonException exception)
        {
            return RequestErrors.InvalidJson(JsonProblem.Describe(exception, isEmpty: false));
        }
        catch (InvalidOperationException)
        {
            return RequestErrors.InvalidJson("A string holds bytes or escapes that are no valid Unicode text.");
        }
    }
}
