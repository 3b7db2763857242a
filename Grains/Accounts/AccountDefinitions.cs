using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Accounts;

/// <summary>Makes definitions of credentials, and reports what is wrong with a definition.</summary>
internal static class AccountDefinitions
{
    /// <summary>Reads from a credential what it says of its account.</summary>
    /// <param name="name">The account's name.</param>
    /// <param name="schema">The credential schema of the pool's provider kind.</param>
    /// <param name="fields">Values that <see cref="Check"/> finds nothing wrong with.</param>
    public static AccountDefinition Create(string name, ICredentialSchema schema, ImmutableDictionary<string, string> fields)
    {
        var cleaned = fields.ToImmutableDictionary(static one => one.Key, one => schema.Clean(one.Key, one.Value));
        var facts = schema.Read(cleaned);
        return new()
        {
            Name = name,
            Fields = cleaned,
            Generated =
            [
                .. schema
                    .Fields.Where(field => !cleaned.ContainsKey(field.Name) && schema.Generate(field.Name) is not null)
                    .Select(static field => field.Name),
            ],
            TokenHash = HashOf(schema, cleaned),
            UpstreamId = facts.AccountId,
            TokenExpires = facts.ExpiresAt,
        };
    }

    /// <summary>Everything that is wrong with a credential, by field. Never quotes a value.</summary>
    /// <param name="schema">The credential schema of the pool's provider kind.</param>
    /// <param name="fields">The values, as they were pasted.</param>
    /// <param name="isWhole">Whether required fields must be there; false for a change.</param>
    public static IEnumerable<FieldProblem> Check(ICredentialSchema schema, ImmutableDictionary<string, string> fields, bool isWhole = true)
    {
        foreach (var field in schema.Fields)
        {
            if (fields.TryGetValue(field.Name, out var value))
            {
                if (schema.ProblemOf(field.Name, schema.Clean(field.Name, value)) is { } problem)
                {
                    yield return new(field.Name, problem);
                }
            }
            else if (isWhole && field.IsRequired)
            {
                yield return new(field.Name, "is missing; add it");
            }
        }
    }

    /// <summary>The name of the schema's first secret: the field that messages about a whole credential name.</summary>
    public static string SecretOf(ICredentialSchema? schema) =>
        schema?.Fields.FirstOrDefault(static field => field.IsSecret)?.Name ?? schema?.Fields.FirstOrDefault()?.Name ?? "name";

    private static string HashOf(ICredentialSchema schema, ImmutableDictionary<string, string> fields)
    {
        var secrets = schema.Fields.Where(field => field.IsSecret).Select(field => fields.GetValueOrDefault(field.Name, ""));
        return TokenHash.Of(string.Join('\n', secrets));
    }
}
