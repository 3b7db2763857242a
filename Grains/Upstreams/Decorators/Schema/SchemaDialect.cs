using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;
using Json.Schema.Keywords;

namespace FlowGpt.Grains.Upstreams.Decorators.Schema;

/// <summary>
/// JSON Schema 2020-12 for schemas that clients send: a reference stays inside its schema, and a check is bounded in time and depth for any schema and value.
/// </summary>
internal static class SchemaDialect
{
    /// <summary>A check follows at most so many references.</summary>
    private const int MostReferences = 20_000;

    /// <summary>References inside references.</summary>
    private const int DeepestReference = 100;

    // A check runs on one thread from its beginning to its end.
    [ThreadStatic]
    private static int _references;

    [ThreadStatic]
    private static int _depth;

    public static Dialect Bounded { get; } = With([], "bounded");

    /// <summary>As <see cref="Bounded"/>, and <c>format</c> is checked; a format that is not known is refused.</summary>
    public static Dialect Strict { get; } = With([new CheckedFormat()], "strict");

    /// <summary>Checks a value.</summary>
    /// <exception cref="SchemaLimitException">The check would take too long.</exception>
    public static EvaluationResults Evaluate(JsonSchema schema, JsonElement value, EvaluationOptions options)
    {
        (_references, _depth) = (0, 0);
        return schema.Evaluate(value, options);
    }

    private static Dialect With(IKeywordHandler[] further, string name) =>
        Dialect.Draft202012.With(
            [
                new LocalReference(),
                new BoundedPattern(),
                new Refused("patternProperties"),
                new Refused("$dynamicRef"),
                new Refused("$dynamicAnchor"),
                .. further,
            ],
            new Uri($"https://schema.invalid/{name}"),
            allowUnknownKeywords: true
        );

    private sealed class LocalReference : RefKeyword
    {
        public override object? ValidateKeywordValue(JsonElement value) =>
            value.ValueKind == JsonValueKind.String
            && value.GetString() is { } target
            && (target == "#" || target.StartsWith("#/", StringComparison.Ordinal))
                ? base.ValidateKeywordValue(value)
                : throw new JsonSchemaException("a '$ref' may only point into its own schema, as '#/$defs/name' does");

        public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            if (++_references > MostReferences || ++_depth > DeepestReference)
            {
                throw new SchemaLimitException();
            }

            try
            {
                return base.Evaluate(keyword, context);
            }
            finally
            {
                _depth--;
            }
        }
    }

    private sealed class BoundedPattern : IKeywordHandler
    {
        public string Name => "pattern";

        public object ValidateKeywordValue(JsonElement value)
        {
            try
            {
                // Linear in the text, so that no pattern of a client can stop a silo.
                return new Regex(value.GetString() ?? "", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            }
            catch (Exception failure) when (failure is ArgumentException or NotSupportedException or InvalidOperationException)
            {
                throw new JsonSchemaException($"the pattern '{value}' is not supported", failure);
            }
        }

        public void BuildSubschemas(KeywordData keyword, BuildContext context) { }

        public KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            if (context.Instance.ValueKind != JsonValueKind.String)
            {
                return KeywordEvaluation.Ignore;
            }

            var isValid = ((Regex)keyword.Value!).IsMatch(context.Instance.GetString()!);
            return new()
            {
                Keyword = Name,
                IsValid = isValid,
                Error = isValid
                    ? null
                    : string.Create(CultureInfo.InvariantCulture, $"Value should match the pattern {keyword.RawValue.GetRawText()}"),
            };
        }
    }

    private sealed class CheckedFormat : IKeywordHandler
    {
        private static readonly FrozenDictionary<string, Format> Known = new[]
        {
            Formats.Date,
            Formats.DateTime,
            Formats.Duration,
            Formats.Email,
            Formats.Hostname,
            Formats.IdnEmail,
            Formats.IdnHostname,
            Formats.Ipv4,
            Formats.Ipv6,
            Formats.Iri,
            Formats.IriReference,
            Formats.JsonPointer,
            Formats.Regex,
            Formats.RelativeJsonPointer,
            Formats.Time,
            Formats.Uri,
            Formats.UriReference,
            Formats.UriTemplate,
            Formats.Uuid,
        }.ToFrozenDictionary(static format => format.Key, StringComparer.Ordinal);

        public string Name => "format";

        public object ValidateKeywordValue(JsonElement value) =>
            value.ValueKind == JsonValueKind.String && Known.GetValueOrDefault(value.GetString()!) is { } format
                ? format
                : throw new JsonSchemaException(
                    $"the format '{value}' cannot be checked; use a known one such as 'date-time', or leave it out"
                );

        public void BuildSubschemas(KeywordData keyword, BuildContext context) { }

        public KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
        {
            var format = (Format)keyword.Value!;
            var isValid = context.Instance.ValueKind != JsonValueKind.String || format.Validate(context.Instance, out _);
            return new()
            {
                Keyword = Name,
                IsValid = isValid,
                Error = isValid ? null : $"Value should be a {format.Key}",
            };
        }
    }

    private sealed class Refused(string name) : IKeywordHandler
    {
        public string Name => name;

        public object ValidateKeywordValue(JsonElement value) => throw new JsonSchemaException($"'{name}' is not supported");

        public void BuildSubschemas(KeywordData keyword, BuildContext context) { }

        public KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context) => KeywordEvaluation.Ignore;
    }
}

/// <summary>A check of a value against a schema would take too long.</summary>
internal sealed class SchemaLimitException() : Exception("The schema refers to itself too often to check a value.");
