using System.Text;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.Decorators.Schema;

/// <summary>How much of a tool's definition a prompt shows.</summary>
/// <param name="Tool">Most characters of a tool's description.</param>
/// <param name="Argument">Most characters of an argument's description.</param>
internal readonly record struct SignatureDetail(int Tool, int Argument)
{
    /// <summary>Everything.</summary>
    public static SignatureDetail Full { get; } = new(int.MaxValue, int.MaxValue);

    /// <summary>Shortened descriptions.</summary>
    public static SignatureDetail Short { get; } = new(160, 60);

    /// <summary>The beginning of each tool's description.</summary>
    public static SignatureDetail Brief { get; } = new(60, 0);

    /// <summary>Names and types alone.</summary>
    public static SignatureDetail Names { get; } = new(0, 0);
}

/// <summary>A JSON schema as a short type: a quarter of the tokens that the schema itself takes. Pure.</summary>
internal static class SchemaSignature
{
    private const int MaxDepth = 6;
    private const int MostChoices = 40;
    private const string Anything = "any";

    /// <param name="schema">The schema as JSON text; null for a tool without arguments.</param>
    /// <param name="detail">How much to show.</param>
    public static string Of(string? schema, SignatureDetail detail)
    {
        if (schema is null)
        {
            return "{}";
        }

        try
        {
            using var document = JsonDocument.Parse(LoneSurrogates.Replaced(schema));
            var text = new StringBuilder();
            Write(text, document.RootElement, document.RootElement, detail, 0);
            return text.Length == 0 || text.ToString() == Anything ? "{}" : text.ToString();
        }
        catch (JsonException)
        {
            return "{}";
        }
    }

    /// <summary>The beginning of a description, on one line.</summary>
    public static string Shorten(string? text, int most)
    {
        if (most == 0 || string.IsNullOrWhiteSpace(text))
        {
            return "";
        }

        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= most)
        {
            return line;
        }

        var end = char.IsHighSurrogate(line[most - 1]) ? most - 1 : most;
        return $"{line.AsSpan(0, end)}…";
    }

    private static void Write(StringBuilder text, JsonElement root, JsonElement schema, SignatureDetail detail, int depth)
    {
        for (var i = 0; i < 8 && Get(schema, "$ref") is { ValueKind: JsonValueKind.String } reference; i++)
        {
            schema = SchemaPointer.Find(root, reference.GetString()!) ?? default;
        }

        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
        {
            text.Append(Anything);
        }
        else if (Get(schema, "const") is { } constant)
        {
            text.Append(constant.GetRawText());
        }
        else if (Get(schema, "enum") is { ValueKind: JsonValueKind.Array } values)
        {
            text.AppendJoin(" | ", values.EnumerateArray().Take(MostChoices).Select(static value => value.GetRawText()));
        }
        else if ((Get(schema, "anyOf") ?? Get(schema, "oneOf")) is { ValueKind: JsonValueKind.Array } choices)
        {
            WriteChoices(text, root, choices, detail, depth);
        }
        else if (
            Get(schema, "allOf") is { ValueKind: JsonValueKind.Array } parts
            && Get(schema, "properties") is null
            && parts.GetArrayLength() > 0
        )
        {
            Write(text, root, parts[0], detail, depth + 1);
        }
        else
        {
            WriteTyped(text, root, schema, detail, depth);
        }
    }

    private static void WriteChoices(StringBuilder text, JsonElement root, JsonElement choices, SignatureDetail detail, int depth)
    {
        var isFirst = true;
        foreach (var choice in choices.EnumerateArray().Take(MostChoices))
        {
            text.Append(isFirst ? "" : " | ");
            Write(text, root, choice, detail, depth + 1);
            isFirst = false;
        }
    }

    private static void WriteTyped(StringBuilder text, JsonElement root, JsonElement schema, SignatureDetail detail, int depth)
    {
        string[] types = Get(schema, "type") switch
        {
            { ValueKind: JsonValueKind.String } one => [one.GetString()!],
            { ValueKind: JsonValueKind.Array } several => [.. several.EnumerateArray().Select(static type => type.ToString())],
            _ => [Get(schema, "properties") is not null ? "object" : Anything],
        };
        for (var i = 0; i < types.Length; i++)
        {
            text.Append(i == 0 ? "" : " | ");
            switch (types[i])
            {
                case "object":
                    WriteObject(text, root, schema, detail, depth);
                    break;
                case "array":
                    text.Append("array of ");
                    Write(text, root, Get(schema, "items") ?? default, detail, depth + 1);
                    break;
                default:
                    text.Append(types[i]);
                    break;
            }
        }
    }

    private static void WriteObject(StringBuilder text, JsonElement root, JsonElement schema, SignatureDetail detail, int depth)
    {
        var required = Get(schema, "required") is { ValueKind: JsonValueKind.Array } names
            ? names.EnumerateArray().Select(static name => name.ToString()).ToHashSet()
            : [];
        text.Append('{');
        if (Get(schema, "properties") is { ValueKind: JsonValueKind.Object } properties)
        {
            var isFirst = true;
            foreach (var property in properties.EnumerateObject())
            {
                text.Append(isFirst ? "" : ", ").Append(property.Name).Append(required.Contains(property.Name) ? ": " : "?: ");
                Write(text, root, property.Value, detail, depth + 1);
                if (
                    Get(property.Value, "description") is { ValueKind: JsonValueKind.String } description
                    && Shorten(description.GetString(), detail.Argument) is { Length: > 0 } shown
                )
                {
                    text.Append(" (").Append(shown).Append(')');
                }

                isFirst = false;
            }
        }
        else if (Get(schema, "additionalProperties") is { ValueKind: JsonValueKind.Object } values)
        {
            text.Append("[name]: ");
            Write(text, root, values, detail, depth + 1);
        }

        text.Append('}');
    }

    private static JsonElement? Get(JsonElement schema, string name) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(name, out var value) ? value : null;
}
