using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.Grains.Interfaces.Keys;

/// <summary>
/// The form of a client's key: <c>sk-fgc-</c>, its public id of 16 hex digits, <c>-</c>, and 32 random bytes as 64 hex digits. The id leads to
/// the key's grain and may appear anywhere; the whole is a secret that only its holder has. A fast hash is enough to keep it by, since there is
/// nothing to guess in 256 random bits.
/// </summary>
public static class ApiKeyToken
{
    /// <summary>Characters of an id.</summary>
    public const int IdLength = 16;

    /// <summary>Random bytes of an id.</summary>
    public const int IdBytes = IdLength / 2;

    /// <summary>Random bytes of a secret.</summary>
    public const int SecretBytes = 32;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private const string Prefix = "sk-fgc-";
    private const int Length = 7 + IdLength + 1 + (2 * SecretBytes);

    /// <summary>The key with this id and this secret part.</summary>
    public static string Format(string id, ReadOnlySpan<byte> secret) => $"{Prefix}{id}-{Convert.ToHexStringLower(secret)}";

    /// <summary>Finds the id in what a client presented. False: it has not the form of a key.</summary>
    public static bool TryReadId(ReadOnlySpan<char> presented, out string id)
    {
        id = "";
        if (presented.Length != Length || !presented.StartsWith(Prefix) || presented[Prefix.Length + IdLength] != '-')
        {
            return false;
        }

        var part = presented.Slice(Prefix.Length, IdLength);
        if (!IsId(part))
        {
            return false;
        }

        id = part.ToString();
        return true;
    }

    /// <summary>Whether this is the form of an id: 16 lower-case hex digits.</summary>
    public static bool IsId(ReadOnlySpan<char> id) => id.Length == IdLength && !id.ContainsAnyExcept(HexDigits);

    /// <summary>What is kept of a key: SHA-256 of all of it.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
