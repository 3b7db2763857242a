using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.Grains.Upstreams;

/// <summary>
/// Makes a client's own name for something (its user, its prompt cache) a name that no other client of the gateway can make, and that reveals to the provider
/// nothing. Pure.
/// </summary>
internal static class ClientScope
{
    /// <summary>The same for the same client and name: 32 hexadecimal digits.</summary>
    public static string Of(string clientKeyId, string name)
    {
        var bytes = Encoding.UTF8.GetBytes($"{clientKeyId.Length}:{clientKeyId}{name}");
        return Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16));
    }
}
