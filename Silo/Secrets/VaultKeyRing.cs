using System.Xml.Linq;
using FlowGpt.ApiFrontend.Configuration;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace FlowGpt.Silo.Secrets;

/// <summary>Encrypts the keys of a ring with a <see cref="VaultKey"/>.</summary>
internal sealed class VaultKeyEncryptor(VaultKey key) : IXmlEncryptor
{
    /// <summary>The element that takes the place of a key's secret.</summary>
    public static readonly XName Element = "vaultEncrypted";

    /// <summary>Names the <see cref="VaultKey"/>.</summary>
    public static readonly XName KeyId = "vaultKey";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var text = Convert.ToBase64String(key.Encrypt(plaintextElement.ToString(SaveOptions.DisableFormatting)));
        return new(new XElement(Element, new XAttribute(KeyId, key.Id), text), typeof(VaultKeyDecryptor));
    }

    /// <summary>Refuses a ring that this process cannot read, before Data Protection would make new keys beside those that it cannot read.</summary>
    /// <exception cref="StartupException">The ring is encrypted with another key than this process has.</exception>
    public static void Demand(IReadOnlyCollection<XElement> ring, VaultKey? key)
    {
        if (ring.Descendants(Element).Any(element => (string?)element.Attribute(KeyId) != key?.Id))
        {
            throw new StartupException(
                key is null
                    ? "VAULT_KEY_FILE: the key ring in Redis is encrypted with a key that this silo was not given. Give all silos the same file, which is silo/vault.key where the certificates were made."
                    : "VAULT_KEY_FILE: the key ring in Redis is encrypted with another key. Give all silos the same file, which is silo/vault.key where the certificates were made."
            );
        }
    }
}

/// <summary>Named in the ring, and made by Data Protection with the services of <see cref="KeyRing"/>.</summary>
internal sealed class VaultKeyDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        XElement.Parse(services.GetRequiredService<VaultKey>().Decrypt(Convert.FromBase64String(encryptedElement.Value)));
}
