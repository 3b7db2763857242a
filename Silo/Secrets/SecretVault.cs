using System.Security.Cryptography;
using FlowGpt.Grains.Secrets;
using Microsoft.AspNetCore.DataProtection;

namespace FlowGpt.Silo.Secrets;

/// <summary>
/// Data Protection with the mode's key ring, opened when it is first needed. A process reads the ring only from time to time, so a key that
/// another silo has made since is not known here: what cannot be read is tried once more with the ring as it is stored now, at most once
/// in a while.
/// </summary>
internal sealed class SecretVault(Func<IDataProtectionProvider> openRing, TimeProvider time) : ISecretVault
{
    /// <summary>How often the ring is read again for a text that cannot be read.</summary>
    internal static readonly TimeSpan ReadRingEvery = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private IDataProtectionProvider? _ring;
    private long? _readAgainAt;

    public string Protect(string purpose, string secret) => Ring().CreateProtector(purpose).Protect(secret);

    public string? Reveal(string purpose, string protectedText) =>
        TryReveal(Ring(), purpose, protectedText) ?? (ReadRingAgain() is { } ring ? TryReveal(ring, purpose, protectedText) : null);

    private static string? TryReveal(IDataProtectionProvider ring, string purpose, string protectedText)
    {
        try
        {
            return ring.CreateProtector(purpose).Unprotect(protectedText);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtectionProvider Ring()
    {
        lock (_lock)
        {
            return _ring ??= openRing();
        }
    }

    private IDataProtectionProvider? ReadRingAgain()
    {
        lock (_lock)
        {
            if (_readAgainAt is { } at && time.GetElapsedTime(at) < ReadRingEvery)
            {
                return null;
            }

            _readAgainAt = time.GetTimestamp();
            return _ring = openRing();
        }
    }
}
