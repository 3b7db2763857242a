using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Grains.Interfaces.Storage;

namespace FlowGpt.ApiFrontend.Cluster;

/// <summary>What a process of the cluster is: silos may join and be connected to, API processes may only connect.</summary>
public enum ClusterRole
{
    /// <summary>A silo.</summary>
    Silo,

    /// <summary>The API as a separate process.</summary>
    Api,
}

/// <summary>What a process proves itself with to the other processes of its cluster, and by which authority it judges them.</summary>
/// <param name="Authority">The cluster's own authority. Certificates of other authorities are refused.</param>
/// <param name="Own">This process's certificate, with its key.</param>
public sealed record ClusterCertificates(X509Certificate2 Authority, X509Certificate2 Own)
{
    /// <summary>The authority's certificate.</summary>
    public const string AuthorityFile = "authority.crt";

    /// <summary>The process's certificate.</summary>
    public const string CertificateFile = "process.crt";

    /// <summary>Its key.</summary>
    public const string KeyFile = "process.key";

    private static readonly TimeSpan ExpiresSoon = TimeSpan.FromDays(30);

    /// <summary>The name in the certificates of a role. It is checked instead of an address, since processes of a cluster come and go at any address.</summary>
    public static string NameOf(ClusterRole role) => role == ClusterRole.Silo ? "silo.flowgpt.internal" : "api.flowgpt.internal";

    /// <summary>Whether the own certificate ends within a month.</summary>
    public bool EndsSoon(DateTimeOffset now) => Own.NotAfter.ToUniversalTime() - now < ExpiresSoon;

    /// <summary>Reads the three files of a directory.</summary>
    /// <exception cref="StartupException">A file is missing, unreadable, expired, or not of this role.</exception>
    public static ClusterCertificates Load(string directory, ClusterRole role, DateTimeOffset now)
    {
        ClusterCertificates certificates;
        try
        {
            certificates = new(
                X509CertificateLoader.LoadCertificate(
                    OrdinaryFile.ReadAllBytes(Path.Combine(directory, AuthorityFile), OrdinaryFile.Small)
                ),
                Usable(
                    X509Certificate2.CreateFromPem(
                        OrdinaryFile.ReadAllText(Path.Combine(directory, CertificateFile)),
                        OrdinaryFile.ReadAllText(Path.Combine(directory, KeyFile))
                    )
                )
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartupException(
                $"CLUSTER_TLS = {directory}: {exception.Message} The directory needs {AuthorityFile}, {CertificateFile} and {KeyFile}; "
                    + "\"FlowGpt.Silo --make-certificates DIRECTORY\" makes them.",
                exception
            );
        }

        var problem =
            certificates.Own.NotAfter.ToUniversalTime() <= now ? $"ended on {certificates.Own.NotAfter:yyyy-MM-dd}"
            : !certificates.Own.MatchesHostname(NameOf(role)) ? $"is not that of a process of this kind ({NameOf(role)})"
            : !certificates.IsOfThisCluster(certificates.Own) ? $"is not signed by {AuthorityFile}"
            : null;
        return problem is null
            ? certificates
            : throw new StartupException(
                $"CLUSTER_TLS = {directory}: {CertificateFile} {problem}. \"FlowGpt.Silo --make-certificates DIRECTORY\" makes new ones."
            );
    }

    /// <summary>Makes an authority that nothing but this process knows, for a silo that has no other processes.</summary>
    public static ClusterCertificates MakeForThisProcess(DateTimeOffset now)
    {
        using var authority = CertificateMaker.MakeAuthority(now);
        return new(
            X509CertificateLoader.LoadCertificate(authority.RawData),
            Usable(CertificateMaker.MakeProcess(authority, ClusterRole.Silo, now))
        );
    }

    /// <summary>Whether a certificate is signed by the cluster's authority and within its time.</summary>
    public bool IsOfThisCluster(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }

    // Windows cannot use a key that is in memory only.
    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
        }
    }
}
