using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Reads <c>text.format</c>: the form in which the reply's text comes.</summary>
internal static class FormatReader
{
    public static ResponseFormat? Read(RequestField format)
    {
        if (!format.IsGiven)
        {
            return null;
        }

        if (format.Object() is null)
        {
            return null;
        }

        var type = format["type"].Choice("text", "json_object", "json_schema");
        switch (type)
        {
            case "json_object":
                return new ResponseFormat(ResponseFormatKind.JsonObject);
            case "json_schema":
                return new ResponseFormat(
                    ResponseFormatKind.JsonSchema,
                    format["name"].Required(),
                    RequiredSchema(format["schema"]),
                    format["strict"].Boolean(),
                    format["description"].String()
                );
            default:
                if (!format["type"].IsGiven)
                {
                    format["type"].RefuseMissing();
                }

                return null;
        }
    }

    private static string? RequiredSchema(RequestField schema)
    {
        var text = schema.Object();
        if (text is null)
        {
            schema.RefuseMissing();
        }

        return text;
    }
}
