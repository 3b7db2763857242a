using System.Collections.Immutable;
using System.Security.Cryptography;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>A FlowGPT account: a bearer token (a JWT) and a device id, which is made if the operator gives none.</summary>
internal sealed class FlowGptCredentialSchema : ICredentialSchema
{
    private const int LongestDeviceId = 128;

    public ImmutableArray<CredentialField> Fields { get; } =
    [
        new(FlowGptCredential.BearerToken, IsSecret: true, IsRequired: true),
        // No secret: accounts are distinguished by the token.
        new(FlowGptCredential.DeviceId, IsSecret: false, IsRequired: false),
    ];

    public string Clean(string field, string value) => field == FlowGptCredential.BearerToken ? SecretText.Clean(value) : value.Trim();

    public string? ProblemOf(string field, string value) =>
        field == FlowGptCredential.BearerToken ? SecretText.ProblemOf(value, "bearer token")
        : value.Length is 0 or > LongestDeviceId || value.Contains(' ') || !ExtraHeaderRules.IsFieldValue(value)
            ? $"must be 1 to {LongestDeviceId} printable characters without spaces; leave it out to have one made"
        : null;

    public CredentialFacts Read(IReadOnlyDictionary<string, string> fields)
    {
        var claims = JwtClaims.Read(fields.GetValueOrDefault(FlowGptCredential.BearerToken, ""));
        return new(claims.Id, claims.ExpiresAt);
    }

    public string? Generate(string field) =>
        field == FlowGptCredential.DeviceId ? DeviceId.From(RandomNumberGenerator.GetBytes(DeviceId.Length)) : null;
}
