using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.ApiFrontend.Security;

/// <summary>
/// A key that presented keys are compared with in constant time. Both sides are hashed first, so that neither the
/// content nor the length of the key shows in the time taken.
/// </summary>
internal sealed class SecretKey
{
    private readonly byte[] _hash;

    public SecretKey(string key) => _hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>The first 32 bits of the key's SHA-256: distinguishes keys, and does not help to guess a key.</summary>
    public string Fingerprint => Convert.ToHexStringLower(_hash.AsSpan(0, 4));

    public bool Matches(string presented)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(presented), hash);
        return CryptographicOperations.FixedTimeEquals(hash, _hash);
    }
}
