using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>An account is one API key.</summary>
internal sealed class AnthropicCredentialSchema : ICredentialSchema
{
    /// <summary>The field with the key.</summary>
    public const string ApiKey = "apiKey";

    private static readonly string[] PastedAlong = ["x-api-key:", "ANTHROPIC_API_KEY=", "Authorization:"];

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
                value = value[prefix.Length..].Trim();
            }
        }

        return SecretText.Clean(value).Trim('"', '\'', ' ');
    }

    /// <inheritdoc />
    public string? ProblemOf(string field, string value) => SecretText.ProblemOf(value, "API key");

    /// <inheritdoc />
    /// <remarks>A key says nothing of its account, so the same key is taken as the same account; the id is a digest that does not reveal the key.</remarks>
    public CredentialFacts Read(IReadOnlyDictionary<string, string> fields) =>
        fields.TryGetValue(ApiKey, out var key) && key.Length > 0
            ? new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("anthropic account\0" + key)).AsSpan(0, 8)), null)
            : default;
}
