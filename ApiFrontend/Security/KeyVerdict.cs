using System.Security.Cryptography;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Keys;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.ApiFrontend.Security;

/// <summary>Judges a presented key by what is known of the key with its id. Pure; compares in constant time.</summary>
internal static class KeyVerdict
{
    /// <summary>Only a holder of the secret learns why it is not accepted; all others that it is wrong.</summary>
    public static ClientAuthentication Of(string keyId, string presented, ReadOnlySpan<byte> hash, ApiKeyAccess? access, DateTimeOffset now)
    {
        if (access is null)
        {
            return ClientAuthentication.Refuse(GatewayErrors.WrongKey(presented));
        }

        var current = CryptographicOperations.FixedTimeEquals(hash, access.Hash);
        var previous = access.PreviousHash is { } replaced && CryptographicOperations.FixedTimeEquals(hash, replaced);
        if (!current && !(previous && now < access.PreviousUntil))
        {
            return ClientAuthentication.Refuse(previous ? KeyErrors.Replaced(keyId) : GatewayErrors.WrongKey(presented));
        }

        return access switch
        {
            { Revoked: true } => ClientAuthentication.Refuse(KeyErrors.Revoked(keyId)),
            { Enabled: false } => ClientAuthentication.Refuse(KeyErrors.Disabled(keyId)),
            { ExpiresAt: { } end } when end <= now => ClientAuthentication.Refuse(KeyErrors.Expired(keyId, end)),
            _ => ClientAuthentication.Accept(new ClientIdentity(keyId) { Access = access }),
        };
    }
}
