using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Secrets;

namespace FlowGpt.Grains.Accounts;

/// <summary>Encrypts and reads the secrets of stored accounts. What was encrypted for one account is no other's.</summary>
internal sealed class AccountSecrets(ISecretVault vault)
{
    public string ProtectToken(string account, string token) => vault.Protect($"account-token/{account}", token);

    public string? ProtectHeaders(string account, ImmutableDictionary<string, string> headers) =>
        headers.IsEmpty ? null : vault.Protect($"account-headers/{account}", JsonSerializer.Serialize(headers));

    public string ProtectDeviceId(string account, string deviceId) => vault.Protect($"account-device/{account}", deviceId);

    /// <summary>The account with its secrets; sealed, and without them, when they cannot be read.</summary>
    public AccountDefinition Reveal(AccountOverlay overlay)
    {
        var token = overlay.ProtectedToken is { } stored ? vault.Reveal($"account-token/{overlay.Name}", stored) : null;
        var headers = overlay.ProtectedHeaders is { } kept ? vault.Reveal($"account-headers/{overlay.Name}", kept) : "{}";
        var device = overlay.ProtectedDeviceId is { } id ? vault.Reveal($"account-device/{overlay.Name}", id) : null;
        var isReadable = token is not null && headers is not null && (device is not null || overlay.ProtectedDeviceId is null);
        return new()
        {
            Name = overlay.Name,
            BearerToken = isReadable ? token! : "",
            TokenHash = overlay.TokenHash ?? "",
            UpstreamId = overlay.UpstreamId,
            TokenExpires = overlay.TokenExpires,
            DeviceId = device,
            Headers = isReadable ? Headers(headers!) : ImmutableDictionary<string, string>.Empty,
            Sealed = !isReadable,
        };
    }

    private static ImmutableDictionary<string, string> Headers(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(json)!.ToImmutableDictionary(StringComparer.OrdinalIgnoreCase);
}
