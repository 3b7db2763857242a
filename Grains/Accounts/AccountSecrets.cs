using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Secrets;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Accounts;

/// <summary>Encrypts and reads the secrets of stored accounts. What was encrypted for one account is no other's.</summary>
internal sealed class AccountSecrets(ISecretVault vault)
{
    public string ProtectFields(string account, ImmutableDictionary<string, string> fields) =>
        vault.Protect($"account-credential/{account}", JsonSerializer.Serialize(fields));

    public string? ProtectHeaders(string account, ImmutableDictionary<string, string> headers) =>
        headers.IsEmpty ? null : vault.Protect($"account-headers/{account}", JsonSerializer.Serialize(headers));

    /// <summary>The credential's fields; null when they cannot be read or there are none.</summary>
    public ImmutableDictionary<string, string>? RevealFields(AccountOverlay overlay) =>
        overlay.ProtectedFields is { } stored ? Parse(vault.Reveal($"account-credential/{overlay.Name}", stored)) : null;

    /// <summary>The account with its secrets; sealed, and without them, when they cannot be read or are not what the kind needs.</summary>
    /// <param name="overlay">An overlay that is whole.</param>
    /// <param name="schema">The credential schema of the pool's provider kind; null when the kind is not known here, which seals the account.</param>
    public AccountDefinition Reveal(AccountOverlay overlay, ICredentialSchema? schema)
    {
        var fields = RevealFields(overlay);
        var headers = overlay.ProtectedHeaders is { } kept
            ? Parse(vault.Reveal($"account-headers/{overlay.Name}", kept), StringComparer.OrdinalIgnoreCase)
            : ImmutableDictionary<string, string>.Empty;
        if (fields is not null && headers is not null && schema is not null && !AccountDefinitions.Check(schema, fields).Any())
        {
            return AccountDefinitions.Create(overlay.Name, schema, fields) with { Headers = headers };
        }

        return new()
        {
            Name = overlay.Name,
            Fields = ImmutableDictionary<string, string>.Empty,
            TokenHash = overlay.TokenHash ?? "",
            UpstreamId = overlay.UpstreamId,
            TokenExpires = overlay.TokenExpires,
            Sealed = true,
        };
    }

    private static ImmutableDictionary<string, string>? Parse(string? json, StringComparer? names = null) =>
        json is null
            ? null
            : JsonSerializer.Deserialize<Dictionary<string, string>>(json)!.ToImmutableDictionary(names ?? StringComparer.Ordinal);
}
