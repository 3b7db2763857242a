using System.Security.Cryptography;
using System.Text;
using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Grains.Interfaces.Storage;

namespace FlowGpt.Silo.Secrets;

/// <summary>
/// The key that the key ring in Redis is encrypted with: 256 random bits in a file that silos alone have. Who reads Redis without the file reads neither the ring nor what is
/// encrypted with it, leases among that.
/// </summary>
internal sealed partial class VaultKey
{
    /// <summary>The configuration key of the file's path.</summary>
    public const string Setting = "FlowGpt:Vault:KeyFile";

    private const int Bytes = 32;

    private readonly byte[] _key;

    public VaultKey(ReadOnlySpan<byte> key)
    {
        _key = key.ToArray();
        Id = Convert.ToHexStringLower(SHA256.HashData([.. "vault key"u8, .. _key]).AsSpan(0, 8));
    }

    /// <summary>Identifies the key that a text is encrypted with, and reveals nothing of the key.</summary>
    public string Id { get; }

    /// <summary>The key of a silo: of the file that is named, else of the directory with the silo's certificates. Null where there is none.</summary>
    /// <exception cref="StartupException">The file that is named cannot be used.</exception>
    public static VaultKey? Read(IConfiguration configuration)
    {
        if (configuration[Setting] is { Length: > 0 } named)
        {
            return Load(named);
        }

        var directory = configuration[ClusterTls.Key];
        var usual = string.IsNullOrWhiteSpace(directory) ? null : Path.Combine(directory, CertificateMaker.VaultKeyFile);
        return File.Exists(usual) ? Load(usual) : null;
    }

    /// <summary>Encrypts and authenticates: nonce, tag and text.</summary>
    public byte[] Encrypt(string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var result = new byte[AesGcm.NonceByteSizes.MaxSize + AesGcm.TagByteSizes.MaxSize + plain.Length];
        var (nonce, tag) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        RandomNumberGenerator.Fill(result.AsSpan(0, nonce));
        using var aes = new AesGcm(_key, tag);
        aes.Encrypt(result.AsSpan(0, nonce), plain, result.AsSpan(nonce + tag), result.AsSpan(nonce, tag));
        return result;
    }

    /// <exception cref="CryptographicException">It was not written with this key.</exception>
    public string Decrypt(ReadOnlySpan<byte> encrypted)
    {
        var (nonce, tag) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        if (encrypted.Length < nonce + tag)
        {
            throw new CryptographicException("The text is too short to be an encrypted one.");
        }

        var plain = new byte[encrypted.Length - nonce - tag];
        using var aes = new AesGcm(_key, tag);
        aes.Decrypt(encrypted[..nonce], encrypted[(nonce + tag)..], encrypted.Slice(nonce, tag), plain);
        return Encoding.UTF8.GetString(plain);
    }

    /// <summary>Says that the key ring is readable by every process that can read Redis.</summary>
    public static void Tell(ILogger logger, VaultKey? key)
    {
        if (key is null)
        {
            LogNone(logger);
        }
    }

    [LoggerMessage(
        EventId = 6006,
        Level = LogLevel.Warning,
        Message = "There is no VAULT_KEY_FILE: whoever reads Redis can read the tokens of added accounts"
    )]
    private static partial void LogNone(ILogger logger);

    private static VaultKey Load(string file)
    {
        try
        {
            var key = Convert.FromBase64String(OrdinaryFile.ReadAllText(file).Trim());
            return key.Length == Bytes
                ? new(key)
                : throw new StartupException(
                    $"VAULT_KEY_FILE = {file}: holds {key.Length} bytes. Give 32 random ones in base64, for example of \"openssl rand -base64 32\"."
                );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new StartupException(
                $"VAULT_KEY_FILE = {file}: {exception.Message} The file holds 32 random bytes in base64; \"FlowGpt.Silo --make-certificates DIRECTORY\" makes DIRECTORY/silo/{CertificateMaker.VaultKeyFile}.",
                exception
            );
        }
    }
}
