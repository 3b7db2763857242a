using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlowGpt.Simulator.Replies;

/// <summary>Makes a JSON value that satisfies a JSON schema. Strings are a word of the question where the schema leaves them free.</summary>
internal sealed class SchemaSample
{
    private const int MaxDepth = 12;

    private readonly JsonElement _root;
    private readonly string _word;

    private SchemaSample(JsonElement root, string word)
    {
        _root = root;
        _word = word;
    }

    /// <param name="schema">The schema; null for any object.</param>
    /// <param name="question">Where the word for free strings is taken from.</param>
    public static string Of(JsonElement? schema, string question)
    {
        if (schema is not { } known)
        {
            return "{}";
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            new SchemaSample(known, Word(question)).Write(writer, known, 0);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    // A name in the question is what a tool is most likely asked about.
    private static string Word(string question)
    {
        var words = question
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Trim('.', ',', '?', '!', '"', ':'));
        string[] filled = [.. words.Where(word => word.Length > 0)];
        return filled.Skip(1).LastOrDefault(word => char.IsUpper(word[0])) ?? filled.LastOrDefault() ?? "text";
    }

    private void Write(Utf8JsonWriter writer, JsonElement schema, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
        {
            writer.WriteNullValue();
            return;
        }

        if (Get(schema, "$ref") is { } reference)
        {
            Write(writer, Resolve(reference.GetString()!), depth + 1);
        }
        else if (Get(schema, "const") is { } constant)
        {
            constant.WriteTo(writer);
        }
        else if (Get(schema, "enum") is { ValueKind: JsonValueKind.Array } values && values.GetArrayLength() > 0)
        {
            values[0].WriteTo(writer);
        }
        else if (
            (Get(schema, "anyOf") ?? Get(schema, "oneOf")) is { ValueKind: JsonValueKind.Array } choices
            && choices.GetArrayLength() > 0
        )
        {
            // Nested optional values end in null, so that a schema that contains itself ends.
            var pick = depth > MaxDepth / 2 ? choices.EnumerateArray().FirstOrDefault(IsNull, choices[0]) : choices[0];
            Write(writer, pick, depth + 1);
        }
        else
        {
            WriteTyped(writer, schema, depth);
        }
    }

    private void WriteTyped(Utf8JsonWriter writer, JsonElement schema, int depth)
    {
        switch (TypeOf(schema, depth))
        {
            case "object":
                WriteObject(writer, schema, depth);
                break;
            case "array":
                WriteArray(writer, schema, depth);
                break;
            case "integer":
                writer.WriteNumberValue((long)Math.Ceiling(Number(schema)));
                break;
            case "number":
                writer.WriteNumberValue(Number(schema));
                break;
            case "boolean":
                writer.WriteBooleanValue(true);
                break;
            case "null":
                writer.WriteNullValue();
                break;
            default:
                writer.WriteStringValue(Text(schema));
                break;
        }
    }

    private void WriteObject(Utf8JsonWriter writer, JsonElement schema, int depth)
    {
        writer.WriteStartObject();
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in Parts(schema))
        {
            var required = Get(part, "required") is { ValueKind: JsonValueKind.Array } names
                ? names.EnumerateArray().Select(static name => name.GetString()).ToHashSet()
                : [];
            if (Get(part, "properties") is not { ValueKind: JsonValueKind.Object } properties)
            {
                continue;
            }

            foreach (var property in properties.EnumerateObject())
            {
                // Optional properties of deep objects are left out, so that a schema that contains itself ends.
                if ((depth < MaxDepth / 2 || required.Contains(property.Name)) && written.Add(property.Name))
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value, depth + 1);
                }
            }
        }

        writer.WriteEndObject();
    }

    private IEnumerable<JsonElement> Parts(JsonElement schema)
    {
        yield return schema;
        if (Get(schema, "allOf") is { ValueKind: JsonValueKind.Array } all)
        {
            foreach (var part in all.EnumerateArray())
            {
                yield return Get(part, "$ref") is { } reference ? Resolve(reference.GetString()!) : part;
            }
        }
    }

    private void WriteArray(Utf8JsonWriter writer, JsonElement schema, int depth)
    {
        var least = Integer(schema, "minItems") ?? 0;
        var most = Integer(schema, "maxItems") ?? int.MaxValue;
        var count = Math.Max(least, depth < MaxDepth / 2 ? Math.Min(1, most) : 0);
        writer.WriteStartArray();
        for (var i = 0; i < count; i++)
        {
            if (Get(schema, "items") is { } items)
            {
                Write(writer, items, depth + 1);
            }
            else
            {
                writer.WriteStringValue(_word);
            }
        }

        writer.WriteEndArray();
    }

    private string Text(JsonElement schema)
    {
        var text = Get(schema, "format")?.GetString() switch
        {
            "date" => "2026-01-02",
            "time" => "03:04:05Z",
            "date-time" => "2026-01-02T03:04:05Z",
            "duration" => "PT5M",
            "email" => "someone@example.com",
            "uuid" => "00000000-0000-4000-8000-000000000000",
            "uri" or "url" => "https://example.com/",
            "hostname" => "example.com",
            "ipv4" => "192.0.2.1",
            "ipv6" => "2001:db8::1",
            _ => _word,
        };
        text = text.PadRight(Integer(schema, "minLength") ?? 0, '.');
        return Integer(schema, "maxLength") is { } most && most < text.Length ? text[..most] : text;
    }

    private static double Number(JsonElement schema)
    {
        var value = 1d;
        value = Get(schema, "maximum") is { } maximum ? Math.Min(value, maximum.GetDouble()) : value;
        value = Get(schema, "exclusiveMaximum") is { ValueKind: JsonValueKind.Number } below
            ? Math.Min(value, below.GetDouble() - 1)
            : value;
        value = Get(schema, "minimum") is { } minimum ? Math.Max(value, minimum.GetDouble()) : value;
        value = Get(schema, "exclusiveMinimum") is { ValueKind: JsonValueKind.Number } above
            ? Math.Max(value, above.GetDouble() + 1)
            : value;
        return Get(schema, "multipleOf") is { } step ? Math.Ceiling(value / step.GetDouble()) * step.GetDouble() : value;
    }

    private static string TypeOf(JsonElement schema, int depth)
    {
        if (Get(schema, "type") is not { } type)
        {
            return (Get(schema, "properties") ?? Get(schema, "allOf")) is not null ? "object" : "string";
        }

        if (type.ValueKind != JsonValueKind.Array)
        {
            return type.GetString()!;
        }

        string[] types = [.. type.EnumerateArray().Select(static one => one.GetString()!)];
        return depth > MaxDepth / 2 && types.Contains("null") ? "null" : types.FirstOrDefault(static one => one != "null", "null");
    }

    private static bool IsNull(JsonElement schema) =>
        Get(schema, "type") is { ValueKind: JsonValueKind.String } type && type.ValueEquals("null");

    private JsonElement Resolve(string reference)
    {
        var found = _root;
        foreach (var step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = step.Replace("~1", "/").Replace("~0", "~");
            found = found.ValueKind == JsonValueKind.Object && found.TryGetProperty(name, out var inner) ? inner : default;
        }

        return found;
    }

    private static int? Integer(JsonElement schema, string name) =>
        Get(schema, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : null;

    private static JsonElement? Get(JsonElement schema, string name) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(name, out var value) ? value : null;
}
