using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FlowGpt.Grains.Interfaces.Storage;

namespace FlowGpt.ApiFrontend.Cluster;

/// <summary>Makes the certificates of a cluster: an authority of its own, and one for each kind of process.</summary>
public static class CertificateMaker
{
    /// <summary>In the folder of silos: the key that their key ring in Redis is encrypted with. Made once; with another key the ring could not be read.</summary>
    public const string VaultKeyFile = "vault.key";

    private const int VaultKeyBytes = 32;
    private const string AuthorityKeyFile = "authority.key";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const int YearsOfAuthority = 10;
    private const int DaysOfProcess = 730;

    /// <summary>A certificate with less time left than this is made again.</summary>
    private static readonly TimeSpan RenewedBefore = TimeSpan.FromDays(180);

    // Clocks of machines differ.
    private static readonly TimeSpan Leeway = TimeSpan.FromDays(1);

    /// <summary>
    /// Makes what is missing in a directory, and what ends within half a year: the authority and its key, and the folders <c>silo</c> and <c>api</c>, each with the three files
    /// that <see cref="ClusterCertificates.Load"/> reads. The authority's key is needed only here: keep it away from the processes.
    /// </summary>
    /// <returns>The folders that were written.</returns>
    public static IReadOnlyList<string> Write(string directory, DateTimeOffset now)
    {
        MakeDirectory(directory);
        using var authority = ReadAuthority(directory, now);
        var written = new List<string>();
        var silo = Path.Combine(directory, "silo");
        MakeDirectory(silo);
        if (!File.Exists(Path.Combine(silo, VaultKeyFile)))
        {
            WriteFile(silo, VaultKeyFile, Convert.ToBase64String(RandomNumberGenerator.GetBytes(VaultKeyBytes)));
        }

        foreach (var role in (ReadOnlySpan<ClusterRole>)[ClusterRole.Silo, ClusterRole.Api])
        {
            var folder = Path.Combine(directory, role == ClusterRole.Silo ? "silo" : "api");
            if (IsFresh(folder, authority, now))
            {
                continue;
            }

            MakeDirectory(folder);
            using var certificate = MakeProcess(authority, role, now);
            WriteFile(folder, ClusterCertificates.KeyFile, KeyOf(certificate));
            WriteFile(folder, ClusterCertificates.CertificateFile, certificate.ExportCertificatePem());
            WriteFile(folder, ClusterCertificates.AuthorityFile, authority.ExportCertificatePem());
            written.Add(folder);
        }

        return written;
    }

    /// <summary>An authority with its own key.</summary>
    public static X509Certificate2 MakeAuthority(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=FlowGptCluster authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now - Leeway, now.AddYears(YearsOfAuthority));
    }

    /// <summary>A certificate of one kind of process, with its key. Only silos may be connected to.</summary>
    public static X509Certificate2 MakeProcess(X509Certificate2 authority, ClusterRole role, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = ClusterCertificates.NameOf(role);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        var uses = new OidCollection { new Oid(ClientAuthentication) };
        if (role == ClusterRole.Silo)
        {
            uses.Add(new Oid(ServerAuthentication));
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(uses, critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var end = now.AddDays(DaysOfProcess);
        var last = new DateTimeOffset(authority.NotAfter.ToUniversalTime());
        using var signed = request.Create(authority, now - Leeway, end < last ? end : last, RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 ReadAuthority(string directory, DateTimeOffset now)
    {
        var (certificate, key) = (Path.Combine(directory, ClusterCertificates.AuthorityFile), Path.Combine(directory, AuthorityKeyFile));
        if (File.Exists(certificate))
        {
            return X509Certificate2.CreateFromPem(OrdinaryFile.ReadAllText(certificate), OrdinaryFile.ReadAllText(key));
        }

        var authority = MakeAuthority(now);
        WriteFile(directory, AuthorityKeyFile, KeyOf(authority));
        WriteFile(directory, ClusterCertificates.AuthorityFile, authority.ExportCertificatePem());
        return authority;
    }

    private static bool IsFresh(string folder, X509Certificate2 authority, DateTimeOffset now)
    {
        var (file, of) = (
            Path.Combine(folder, ClusterCertificates.CertificateFile),
            Path.Combine(folder, ClusterCertificates.AuthorityFile)
        );
        if (!File.Exists(file) || !File.Exists(of))
        {
            return false;
        }

        using var certificate = X509CertificateLoader.LoadCertificate(OrdinaryFile.ReadAllBytes(file, OrdinaryFile.Small));
        using var signer = X509CertificateLoader.LoadCertificate(OrdinaryFile.ReadAllBytes(of, OrdinaryFile.Small));
        return certificate.NotAfter.ToUniversalTime() - now >= RenewedBefore && signer.Thumbprint == authority.Thumbprint;
    }

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static void MakeDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }

        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void WriteFile(string directory, string name, string text)
    {
        var path = Path.Combine(directory, name);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        File.Delete(path + ".new");
        using (var writer = new StreamWriter(path + ".new", options))
        {
            writer.WriteLine(text);
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}
