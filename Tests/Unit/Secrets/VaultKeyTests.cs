using System.Security.Cryptography;
using System.Xml.Linq;
using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Silo.Secrets;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Unit.Secrets;

/// <summary>A key ring that is encrypted with a key outside the storage that the ring is in.</summary>
public sealed class VaultKeyTests
{
    private readonly Ring _ring = new();
    private readonly VaultKey _key = new(RandomNumberGenerator.GetBytes(32));

    [Fact]
    public void Ring_WithAKey_HoldsNoSecretAndIsOpenToEveryProcessWithTheKey()
    {
        var text = KeyRing.Open(_ring, _key).CreateProtector("token").Protect("secret");

        Assert.Equal("secret", KeyRing.Open(_ring, _key).CreateProtector("token").Unprotect(text));
        Assert.Empty(Assert.Single(_ring.Elements).Descendants("masterKey"));
        Assert.Single(_ring.Elements[0].Descendants(VaultKeyEncryptor.Element));
    }

    [Fact]
    public void Ring_WithoutTheKeyOrWithAnother_IsRefusedAndLeftAsItIs()
    {
        KeyRing.Open(_ring, _key).CreateProtector("token").Protect("secret");
        var other = new VaultKey(RandomNumberGenerator.GetBytes(32));

        var none = Assert.Throws<StartupException>(() => KeyRing.Open(_ring));
        var wrong = Assert.Throws<StartupException>(() => KeyRing.Open(_ring, other));

        Assert.Contains("VAULT_KEY_FILE", none.Message, StringComparison.Ordinal);
        Assert.Contains("another key", wrong.Message, StringComparison.Ordinal);
        Assert.Single(_ring.Elements);
    }

    [Fact]
    public void Ring_OfBeforeTheKey_StaysReadableAndWhatIsNewIsEncryptedWithTheKey()
    {
        var old = KeyRing.Open(_ring).CreateProtector("token").Protect("old");

        var ring = KeyRing.Open(_ring, _key);
        var text = ring.CreateProtector("token").Protect("new");

        Assert.Equal("old", ring.CreateProtector("token").Unprotect(old));
        Assert.Equal(2, _ring.Elements.Count);
        _ring.Elements.RemoveAt(0);
        Assert.Equal("new", KeyRing.Open(_ring, _key).CreateProtector("token").Unprotect(text));
    }

    [Fact]
    public void MakeCertificates_MakesAKeyForSilosAloneAndNeverAnother()
    {
        var directory = Directory.CreateTempSubdirectory("flowgpt-vault-").FullName;
        try
        {
            CertificateMaker.Write(directory, TimeProvider.System.GetUtcNow());
            var first = Read(Path.Combine(directory, "silo"))!;
            CertificateMaker.Write(directory, TimeProvider.System.GetUtcNow().AddDays(700));

            Assert.Equal(first.Id, Read(Path.Combine(directory, "silo"))!.Id);
            Assert.Null(Read(Path.Combine(directory, "api")));
            if (!OperatingSystem.IsWindows())
            {
                var mode = File.GetUnixFileMode(Path.Combine(directory, "silo", CertificateMaker.VaultKeyFile));
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("c2hvcnQ=")]
    [InlineData("no base64!")]
    public void Read_AFileThatHoldsNoKey_SaysWhatItMustHold(string? content)
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        if (content is not null)
        {
            File.WriteAllText(file, content);
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(VaultKey.Setting, file)]).Build();
        var problem = Assert.Throws<StartupException>(() => VaultKey.Read(configuration));
        File.Delete(file);

        Assert.Contains("32", problem.Message, StringComparison.Ordinal);
        Assert.Contains("base64", problem.Message, StringComparison.Ordinal);
    }

    private static VaultKey? Read(string directory) =>
        VaultKey.Read(new ConfigurationBuilder().AddInMemoryCollection([new(ClusterTls.Key, directory)]).Build());

    private sealed class Ring : IXmlRepository
    {
        public List<XElement> Elements { get; } = [];

        public IReadOnlyCollection<XElement> GetAllElements() => [.. Elements];

        public void StoreElement(XElement element, string friendlyName) => Elements.Add(element);
    }
}
