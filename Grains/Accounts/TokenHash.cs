using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.Grains.Accounts;

/// <summary>Distinguishes tokens in stored state without storing them.</summary>
public static class TokenHash
{
    /// <summary>The first 128 bits of the token's SHA-256, as hex.</summary>
    public static string Of(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)).AsSpan(0, 16));
}
