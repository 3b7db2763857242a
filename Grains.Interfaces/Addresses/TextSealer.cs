using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.Grains.Interfaces.Addresses;

/// <summary>
/// Seals text that clients carry for the gateway: they can neither read nor change it. The keys are derived from the address keys and are no part of any id. A sealed text is,
/// in base64url: the key's version (1 byte), a nonce (12), a tag (16) and the text under AES-256-GCM, which also authenticates the version and the id of the client's key. Thread-safe.
/// </summary>
public sealed class TextSealer
{
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int HeadSize = 1 + NonceSize + TagSize;

    private readonly byte[]?[] _secrets = new byte[]?[256];
    private readonly byte _current;

    /// <summary>A sealer that seals with the last of the keys and opens with all of them.</summary>
    public TextSealer(AddressKeys keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var key in keys.Keys)
        {
            _secrets[key.Version] = HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Secret, KeySize, info: [.. "sealed text"u8]);
            _current = key.Version;
        }
    }

    /// <summary>Seals a text for one client.</summary>
    /// <param name="text">The text.</param>
    /// <param name="clientKeyId">Id of the client's key: nobody else can have the text opened.</param>
    public string Seal(ReadOnlySpan<byte> text, string clientKeyId)
    {
        var whole = new byte[HeadSize + text.Length];
        whole[0] = _current;
        var nonce = whole.AsSpan(1, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_secrets[_current]!, TagSize);
        cipher.Encrypt(nonce, text, whole.AsSpan(HeadSize), whole.AsSpan(1 + NonceSize, TagSize), Bound(_current, clientKeyId));
        return Base64Url.EncodeToString(whole);
    }

    /// <summary>Opens what <see cref="Seal"/> made for this client. Null for anything else.</summary>
    public byte[]? Open(string sealedText, string clientKeyId)
    {
        ArgumentNullException.ThrowIfNull(sealedText);
        if (!Base64Url.IsValid(sealedText))
        {
            return null;
        }

        var whole = Base64Url.DecodeFromChars(sealedText);
        if (whole.Length < HeadSize || _secrets[whole[0]] is not { } secret)
        {
            return null;
        }

        var text = new byte[whole.Length - HeadSize];
        try
        {
            using var cipher = new AesGcm(secret, TagSize);
            cipher.Decrypt(
                whole.AsSpan(1, NonceSize),
                whole.AsSpan(HeadSize),
                whole.AsSpan(1 + NonceSize, TagSize),
                text,
                Bound(whole[0], clientKeyId)
            );
            return text;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>What is authenticated beside the text.</summary>
    private static byte[] Bound(byte version, string clientKeyId) => [version, .. Encoding.UTF8.GetBytes(clientKeyId)];
}
