using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams.Decorators.Json;
using Json.Schema;

namespace FlowGpt.Grains.Upstreams.Decorators.Schema;

/// <summary>Checks values against one JSON schema. Nothing is ever fetched. Immutable.</summary>
internal sealed class SchemaCheck
{
    /// <summary>A longer schema is refused.</summary>
    private const int MostCharacters = 256 * 1024;

    private const int MaxDepth = 64;
    private const int MostProblems = 5;

    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List };
    private static readonly string[] Foreign = ["$schema", "$id", "$anchor", "$recursiveRef", "$recursiveAnchor"];

    private readonly JsonSchema _schema;
    private readonly JsonElement _root;

    private SchemaCheck(JsonSchema schema, JsonElement root) => (_schema, _root) = (schema, root);

    /// <summary>Makes the check of a schema; or says, as a phrase that follows "the schema", why there is none.</summary>
    /// <param name="schema">JSON text.</param>
    /// <param name="isStrict">Whether <c>format</c> is checked, and refused where it is not known; else it only describes.</param>
    public static (SchemaCheck? Check, string? Problem) Build(string schema, bool isStrict = false)
    {
        if (schema.Length > MostCharacters)
        {
            return (null, $"is longer than {MostCharacters} characters");
        }

        try
        {
            using var document = JsonDocument.Parse(LoneSurrogates.Replaced(schema), new JsonDocumentOptions { MaxDepth = MaxDepth });
            var root = WithoutHead(document.RootElement);
            if (Find(root, root, static (_, member) => Foreign.Contains(member.Name)) is { } foreign)
            {
                return (null, $"has '{foreign.Name}', which is not supported here");
            }

            if (Find(root, root, IsUndefined) is { } reference)
            {
                return (null, $"refers to '{Short(reference.Value.GetString()!)}', which it does not define");
            }

            var registry = new SchemaRegistry { Fetch = static (_, _) => null };
            var options = new BuildOptions { SchemaRegistry = registry, Dialect = isStrict ? SchemaDialect.Strict : SchemaDialect.Bounded };
            return (new(JsonSchema.Build(root, options, new Uri("https://schema.invalid/root")), root), null);
        }
        catch (JsonException failure) when (failure.Message.Contains("maximum configured depth", StringComparison.Ordinal))
        {
            return (null, $"is nested too deep: at most {MaxDepth} levels are supported here");
        }
        catch (Exception failure) when (failure is JsonSchemaException or JsonException)
        {
            return (null, $"is not valid: {Short(failure.Message)}");
        }
        catch (RefResolutionException)
        {
            return (null, "refers to what it does not define");
        }
        catch (Exception failure)
            when (failure
                    is ArgumentException
                        or InvalidOperationException
                        or FormatException
                        or KeyNotFoundException
                        or OverflowException
                        or NotSupportedException
            )
        {
            return (null, "is not valid JSON Schema 2020-12");
        }
    }

    /// <summary>Whether values can be objects or arrays: others are not found in a reply.</summary>
    public bool TakesContainers => SchemaFit.TakesContainers(_root);

    /// <summary>
    /// The value in the types that the schema asks for where its text leaves no doubt (<c>"5"</c> for an integer), and what is wrong with the value then, in words for
    /// the model; null when nothing is.
    /// </summary>
    public (string Json, string? Problem) Fit(string json)
    {
        var problem = ProblemOf(json);
        if (problem is null)
        {
            return (json, null);
        }

        var fitted = SchemaFit.Fit(_root, json);
        return fitted is null || fitted == json ? (json, problem) : (fitted, ProblemOf(fitted));
    }

    /// <summary>What is wrong with a value, in words for the model; null when nothing is.</summary>
    public string? ProblemOf(string json)
    {
        try
        {
            json = LoneSurrogates.Replaced(json);
            using var value = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            if (LooseJson.HasRepeatedName(json))
            {
                return LooseJson.RepeatedName;
            }

            var results = SchemaDialect.Evaluate(_schema, value.RootElement, Options);
            return results.IsValid ? null : Describe(results);
        }
        catch (SchemaLimitException failure)
        {
            return failure.Message;
        }
        catch (RefResolutionException)
        {
            return "The schema refers to what it does not define.";
        }
        catch (JsonException)
        {
            return "This is no JSON.";
        }
    }

    /// <summary>Whether a text is one JSON object whose names are all different.</summary>
    public static bool IsObject(string json)
    {
        try
        {
            json = LoneSurrogates.Replaced(json);
            using var value = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return value.RootElement.ValueKind == JsonValueKind.Object && !LooseJson.HasRepeatedName(json);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A schema without white space and without what only names it; text that is no JSON as it is.</summary>
    public static string Compact(string schema)
    {
        try
        {
            using var document = JsonDocument.Parse(LoneSurrogates.Replaced(schema), new JsonDocumentOptions { MaxDepth = MaxDepth });
            return WithoutHead(document.RootElement).GetRawText();
        }
        catch (JsonException)
        {
            return schema;
        }
    }

    private static string Describe(EvaluationResults results)
    {
        var found = (results.Details ?? [])
            .Prepend(results)
            .Where(static one => !one.IsValid && one.Errors is not null)
            .SelectMany(static one => one.Errors!.Select(error => (Path: one.InstanceLocation.ToString(), error.Value)))
            .Distinct()
            .Take(MostProblems)
            .Select(static one => one.Path.Length == 0 ? one.Value : $"{one.Path}: {one.Value}");
        var text = string.Join("; ", found);
        return text.Length == 0 ? "The value does not match the schema." : text;
    }

    /// <summary>The schema without what only names it: the draft is ours, and references are relative to the schema itself.</summary>
    private static JsonElement WithoutHead(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return root.Clone();
        }

        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, CompactJson.Options))
        {
            writer.WriteStartObject();
            foreach (var member in root.EnumerateObject())
            {
                if (member.Name is not ("$schema" or "$id"))
                {
                    member.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory, new JsonDocumentOptions { MaxDepth = MaxDepth });
        return document.RootElement.Clone();
    }

    /// <summary>The first member, of text or <c>true</c>, that a condition holds for: its name and text; null when there is none.</summary>
    private static JsonProperty? Find(JsonElement root, JsonElement schema, Func<JsonElement, JsonProperty, bool> isMeant)
    {
        if (schema.ValueKind == JsonValueKind.Array)
        {
            return schema.EnumerateArray().Select(one => Find(root, one, isMeant)).FirstOrDefault(static found => found is not null);
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var member in schema.EnumerateObject())
        {
            if (member.Value.ValueKind is JsonValueKind.String or JsonValueKind.True && isMeant(root, member))
            {
                return member;
            }

            if (Find(root, member.Value, isMeant) is { } inner)
            {
                return inner;
            }
        }

        return null;
    }

    private static bool IsUndefined(JsonElement root, JsonProperty member) =>
        member.Name == "$ref"
        && member.Value.GetString() is { } target
        && target.StartsWith('#')
        && SchemaPointer.Find(root, target) is null;

    private static string Short(string text) => text.Length <= 200 ? text : $"{text.AsSpan(0, 200)}…";
}
