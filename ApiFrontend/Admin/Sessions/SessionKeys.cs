using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Admin.Sessions;

/// <summary>
/// The keys of sessions, all made from the admin key: every frontend with the same admin key reads the cookies of every other, nothing is stored, and
/// another admin key ends all sessions. Thread-safe.
/// </summary>
/// <remarks>The admin key is stretched first, since a holder of a cookie can try keys against the cookie without a request.</remarks>
internal sealed class SessionKeys(IOptions<FrontendOptions> options) : IDataProtectionProvider
{
    private const int Rounds = 200_000;
    private const int KeyBytes = 32;

    private readonly Lazy<byte[]> _root = new(() =>
        Rfc2898DeriveBytes.Pbkdf2(options.Value.AdminKey, "flowgpt admin sessions"u8, Rounds, HashAlgorithmName.SHA256, KeyBytes)
    );

    /// <inheritdoc/>
    public IDataProtector CreateProtector(string purpose) => new Protector(_root, purpose);

    /// <summary>What a write by cookie has to carry in a header: other sites cannot read it.</summary>
    public string AntiforgeryToken(string sessionId) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(KeyFor(_root.Value, "antiforgery"), Encoding.UTF8.GetBytes(sessionId)));

    /// <summary>Whether a header is the session's.</summary>
    public bool IsAntiforgeryToken(string sessionId, string? presented) =>
        presented is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(AntiforgeryToken(sessionId)), Encoding.UTF8.GetBytes(presented));

    private static byte[] KeyFor(byte[] root, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, root, KeyBytes, info: Encoding.UTF8.GetBytes(purpose));

    /// <summary>AES-GCM: nonce, tag, text.</summary>
    private sealed class Protector(Lazy<byte[]> root, string purpose) : IDataProtector
    {
        private const int NonceBytes = 12;
        private const int TagBytes = 16;
        private const int HeadBytes = NonceBytes + TagBytes;

        private readonly Lazy<byte[]> _key = new(() => KeyFor(root.Value, purpose));

        public IDataProtector CreateProtector(string part) => new Protector(root, $"{purpose.Length}:{purpose}{part}");

        public byte[] Protect(byte[] plaintext)
        {
            var text = new byte[HeadBytes + plaintext.Length];
            RandomNumberGenerator.Fill(text.AsSpan(0, NonceBytes));
            using var aes = new AesGcm(_key.Value, TagBytes);
            aes.Encrypt(text.AsSpan(0, NonceBytes), plaintext, text.AsSpan(HeadBytes), text.AsSpan(NonceBytes, TagBytes));
            return text;
        }

        public byte[] Unprotect(byte[] protectedData)
        {
            if (protectedData.Length < HeadBytes)
            {
                throw new CryptographicException("The text is too short.");
            }

            var plain = new byte[protectedData.Length - HeadBytes];
            using var aes = new AesGcm(_key.Value, TagBytes);
            aes.Decrypt(
                protectedData.AsSpan(0, NonceBytes),
                protectedData.AsSpan(HeadBytes),
                protectedData.AsSpan(NonceBytes, TagBytes),
                plain
            );
            return plain;
        }
    }
}
