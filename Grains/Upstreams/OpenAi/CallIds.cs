using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Makes ids of calls that servers of this protocol take. The same for a call and its result. Pure.</summary>
internal static class CallIds
{
    /// <summary>Servers refuse longer ids of calls, which other providers and gateways make.</summary>
    private const int Longest = 40;

    /// <param name="id">The id that another provider or a client gave.</param>
    public static string Short(string id) =>
        id.Length <= Longest ? id : "call_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16));
}
