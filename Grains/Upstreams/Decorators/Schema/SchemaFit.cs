using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlowGpt.Grains.Upstreams.Decorators.Json;

namespace FlowGpt.Grains.Upstreams.Decorators.Schema;

/// <summary>
/// Gives a model's value the types of its schema where the value's own text leaves no doubt: numbers and booleans in strings, objects and arrays in strings, a number
/// where text is asked for, null for a property that may be left out. Pure.
/// </summary>
internal static class SchemaFit
{
    private const int MaxDepth = 40;

    private static readonly JsonDocumentOptions Unique = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>The value in the schema's types; null when the value cannot be read.</summary>
    public static string? Fit(JsonElement schema, string json)
    {
        try
        {
            var value = JsonNode.Parse(json, documentOptions: Unique);
            return Fit(schema, schema, value, 0)?.ToJsonString(new JsonSerializerOptions { Encoder = CompactJson.Options.Encoder });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether values of a schema can be objects or arrays, as far as its <c>type</c> or <c>enum</c> says.</summary>
    public static bool TakesContainers(JsonElement root)
    {
        var types = TypesOf(Resolve(root, root));
        return types.Count == 0 || types.Contains("object") || types.Contains("array");
    }

    private static JsonNode? Fit(JsonElement root, JsonElement schema, JsonNode? value, int depth)
    {
        schema = Resolve(root, schema);
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
        {
            return value;
        }

        value = FitScalar(TypesOf(schema), value);
        switch (value)
        {
            case JsonObject members when Get(schema, "properties") is { ValueKind: JsonValueKind.Object } properties:
                FitMembers(root, schema, properties, members, depth);
                break;
            case JsonArray elements when Get(schema, "items") is { ValueKind: JsonValueKind.Object } items:
                for (var i = 0; i < elements.Count; i++)
                {
                    var element = elements[i];
                    var fitted = Fit(root, items, element, depth + 1);
                    if (!ReferenceEquals(fitted, element))
                    {
                        elements[i] = fitted;
                    }
                }

                break;
        }

        return value;
    }

    private static void FitMembers(JsonElement root, JsonElement schema, JsonElement properties, JsonObject members, int depth)
    {
        var required = Get(schema, "required") is { ValueKind: JsonValueKind.Array } names
            ? names.EnumerateArray().Select(static name => name.ToString()).ToHashSet()
            : [];
        foreach (var property in properties.EnumerateObject())
        {
            if (!members.TryGetPropertyValue(property.Name, out var member))
            {
                continue;
            }

            if (
                member is null
                && !required.Contains(property.Name)
                && TypesOf(Resolve(root, property.Value)) is { Count: > 0 } types
                && !types.Contains("null")
            )
            {
                members.Remove(property.Name);
                continue;
            }

            var fitted = Fit(root, property.Value, member, depth + 1);
            if (!ReferenceEquals(fitted, member))
            {
                members[property.Name] = fitted;
            }
        }
    }

    private static JsonNode? FitScalar(HashSet<string> types, JsonNode? value)
    {
        if (value is not JsonValue scalar || types.Count == 0)
        {
            return value;
        }

        if (scalar.GetValueKind() is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
        {
            return
                scalar.GetValueKind() == JsonValueKind.Number
                && types.Contains("string")
                && !types.Contains("number")
                && !types.Contains("integer")
                ? JsonValue.Create(scalar.ToJsonString())
                : value;
        }

        if (scalar.GetValueKind() != JsonValueKind.String || types.Contains("string"))
        {
            return value;
        }

        var text = scalar.GetValue<string>().Trim();
        if (types.Contains("boolean") && bool.TryParse(text, out var flag))
        {
            return JsonValue.Create(flag);
        }

        if (types.Contains("integer") && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return JsonValue.Create(whole);
        }

        if (
            types.Contains("number")
            && decimal.TryParse(
                text,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var number
            )
        )
        {
            return JsonValue.Create(number);
        }

        if (types.Contains("null") && text is ("null" or "None"))
        {
            return null;
        }

        if ((types.Contains("object") && text.StartsWith('{')) || (types.Contains("array") && text.StartsWith('[')))
        {
            var inner = LooseJson.Read(text);
            return inner.IsUsable ? JsonNode.Parse(inner.Json, documentOptions: Unique) : value;
        }

        return value;
    }

    private static HashSet<string> TypesOf(JsonElement schema) =>
        Get(schema, "type") switch
        {
            { ValueKind: JsonValueKind.String } one => [one.GetString()!],
            { ValueKind: JsonValueKind.Array } several => [.. several.EnumerateArray().Select(static type => type.ToString())],
            _ when Get(schema, "enum") is { ValueKind: JsonValueKind.Array } values =>
            [
                .. values.EnumerateArray().SelectMany(TypesOfValue),
            ],
            _ => Get(schema, "properties") is not null ? ["object"] : [],
        };

    private static string[] TypesOfValue(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => ["string"],
            JsonValueKind.Number => ["number", "integer"],
            JsonValueKind.True or JsonValueKind.False => ["boolean"],
            JsonValueKind.Null => ["null"],
            JsonValueKind.Array => ["array"],
            _ => ["object"],
        };

    private static JsonElement Resolve(JsonElement root, JsonElement schema)
    {
        for (var i = 0; i < 8 && Get(schema, "$ref") is { ValueKind: JsonValueKind.String } reference; i++)
        {
            schema = SchemaPointer.Find(root, reference.GetString()!) ?? default;
        }

        return schema;
    }

    private static JsonElement? Get(JsonElement schema, string name) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(name, out var value) ? value : null;
}
