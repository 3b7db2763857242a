using Microsoft.AspNetCore.DataProtection;

namespace FlowGpt.Grains.Secrets;

/// <summary>A vault whose key ends with the process: for a host that keeps nothing.</summary>
internal sealed class EphemeralVault : ISecretVault
{
    private readonly EphemeralDataProtectionProvider _ring = new();

    public string Protect(string purpose, string secret) => _ring.CreateProtector(purpose).Protect(secret);

    public string? Reveal(string purpose, string protectedText)
    {
        try
        {
            return _ring.CreateProtector(purpose).Unprotect(protectedText);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }
}
