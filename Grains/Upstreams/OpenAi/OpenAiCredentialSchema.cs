using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>An account of an OpenAI-compatible server is one API key. A server without keys takes any word.</summary>
internal sealed class OpenAiCredentialSchema : ICredentialSchema
{
    /// <summary>The field with the key.</summary>
    public const string ApiKey = "apiKey";

    private const int LongestKey = 4096;

    private static readonly string[] PastedAlong = ["Authorization:", "api-key:", "OPENAI_API_KEY=", "Bearer "];

    /// <inheritdoc />
    public ImmutableArray<CredentialField> Fields { get; } = [new CredentialField(ApiKey, IsSecret: true, IsRequired: true)];

    /// <inheritdoc />
    public string Clean(string field, string value)
    {
        value = value.Trim();
        foreach (var prefix in PastedAlong)
        {
            if (value.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                value = value[prefix.Length..].TrimStart();
            }
        }

        return value.Trim('"', '\'', ' ');
    }

    /// <inheritdoc />
    public string? ProblemOf(string field, string value) =>
        value.Length == 0 ? "is empty; set the provider's API key, or any word for a server without keys"
        : value.Length > LongestKey ? $"has {value.Length} characters, at most {LongestKey}"
        : !ExtraHeaderRules.IsFieldValue(value) || value.Contains(' ')
            ? "has characters that no API key has; use printable ASCII without spaces"
        : null;

    /// <inheritdoc />
    /// <remarks>A key says nothing of its account, so the same key is taken as the same account; the id is a digest that does not reveal the key.</remarks>
    public CredentialFacts Read(IReadOnlyDictionary<string, string> fields) =>
        fields.TryGetValue(ApiKey, out var key) && key.Length > 0
            ? new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("openai account\0" + key)).AsSpan(0, 8)), null)
            : default;
}
