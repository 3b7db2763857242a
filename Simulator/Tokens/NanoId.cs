using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.Simulator.Tokens;

/// <summary>Ids in the upstream's form: 21 characters of <c>[A-Za-z0-9_-]</c>.</summary>
internal static class NanoId
{
    private const int Length = 21;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    public static bool IsWellFormed(string id) => id.Length == Length && !id.AsSpan().ContainsAnyExcept(Characters);

    public static string Create() => RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>Always the same id for the same text, so that an account keeps its identity across runs.</summary>
    public static string FromText(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return string.Create(
            Length,
            (ReadOnlySpan<byte>)hash,
            static (id, bytes) =>
            {
                for (var i = 0; i < id.Length; i++)
                {
                    id[i] = Alphabet[bytes[i] & 63];
                }
            }
        );
    }
}
