using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams.Decorators.Json;

namespace FlowGpt.Grains.Upstreams.Decorators.Schema;

/// <summary>Finds the JSON that a reply must be in what a model wrote. Immutable.</summary>
internal sealed class FormatCheck
{
    private readonly SchemaCheck? _schema;

    private FormatCheck(SchemaCheck? schema) => _schema = schema;

    /// <summary>Makes the check of a format; or says, as a phrase that follows "the schema", why there is none.</summary>
    public static (FormatCheck? Check, string? Problem) Build(ResponseFormat format)
    {
        if (format.Schema is null)
        {
            return (new(null), null);
        }

        var (schema, problem) = SchemaCheck.Build(format.Schema, isStrict: format.Strict == true);
        return schema is null ? (null, problem)
            : format.Strict == true && !schema.TakesContainers
                ? (null, "takes neither an object nor an array, which this model cannot be held to; wrap the value in an object")
            : (new(schema), null);
    }

    /// <summary>The JSON of a reply in the form asked for; or what is wrong with the reply, in words for the model.</summary>
    public (string? Json, string? Problem) Read(string reply)
    {
        string? problem = null;
        foreach (var start in Starts(reply))
        {
            var (json, found) = Fit(reply, start);
            if (json is not null)
            {
                return (json, null);
            }

            problem ??= found;
        }

        return (null, problem ?? "It holds no JSON object.");
    }

    private (string? Json, string? Problem) Fit(string reply, int start)
    {
        var value = LooseJson.Read(reply, start);
        if (value.End != JsonEnd.Whole)
        {
            return (null, value.End == JsonEnd.Invalid ? null : "The JSON is not complete.");
        }

        if (_schema is null)
        {
            return !value.Json.StartsWith('{') ? (null, "It is no JSON object.")
                : LooseJson.HasRepeatedName(value.Json) ? (null, LooseJson.RepeatedName)
                : (value.Json, null);
        }

        var (fitted, problem) = _schema.Fit(value.Json);
        return problem is null ? (fitted, null) : (null, problem);
    }

    /// <summary>Where a value may begin: the whole reply, then what follows a fence, then each bracket on a separate line, then the first bracket.</summary>
    private static IEnumerable<int> Starts(string reply)
    {
        var tried = new HashSet<int>();
        var fence = reply.IndexOf("```", StringComparison.Ordinal);
        for (var at = fence; at >= 0 && tried.Count < 8; at = reply.IndexOf("```", at + 3, StringComparison.Ordinal))
        {
            var bracket = reply.AsSpan(at).IndexOfAny('{', '[');
            if (bracket >= 0 && tried.Add(at + bracket))
            {
                yield return at + bracket;
            }
        }

        for (var at = reply.AsSpan().IndexOfAny('{', '['); at >= 0 && tried.Count < 24; )
        {
            if (tried.Add(at))
            {
                yield return at;
            }

            var next = reply.AsSpan(at + 1).IndexOfAny('{', '[');
            at = next < 0 ? -1 : at + 1 + next;
        }
    }
}
