using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using FlowGpt.ApiFrontend.Configuration;
using Orleans.Configuration;
using Orleans.Connections.Security;

namespace FlowGpt.ApiFrontend.Cluster;

/// <summary>
/// Mutual TLS between the processes of a cluster: both sides show a certificate of the cluster's own authority. Silo ports take silos only; gateway ports take API processes
/// too; the connecting process checks that a silo answers.
/// </summary>
public static partial class ClusterTls
{
    /// <summary>The configuration key of the directory with the certificates, or <see cref="Off"/>.</summary>
    public const string Key = "FlowGpt:ClusterTls:Directory";

    /// <summary>The value in place of a directory: every process that reaches the ports may connect.</summary>
    public const string Off = "off";

    /// <summary>Reads the certificates of a process of a cluster; null when the operator has switched TLS off.</summary>
    /// <exception cref="StartupException">Nothing is said, or the certificates cannot be used.</exception>
    public static ClusterCertificates? Read(IConfiguration configuration, ClusterRole role, DateTimeOffset now)
    {
        var directory = configuration[Key];
        if (string.IsNullOrWhiteSpace(directory))
        {
            throw new StartupException(
                "CLUSTER_TLS: is not set. Whoever reaches the ports between the processes of a cluster could read upstream tokens and make client keys. Make certificates with "
                    + $"\"FlowGpt.Silo --make-certificates DIRECTORY\" and name DIRECTORY/{(role == ClusterRole.Silo ? "silo" : "api")} here, "
                    + $"or say {Off} where nobody else reaches these ports."
            );
        }

        return string.Equals(directory, Off, StringComparison.OrdinalIgnoreCase) ? null : ClusterCertificates.Load(directory, role, now);
    }

    /// <summary>Says loudly that there is no TLS, or that a certificate ends soon.</summary>
    public static void Tell(ILogger logger, ClusterCertificates? certificates, DateTimeOffset now)
    {
        if (certificates is null)
        {
            LogOff(logger);
        }
        else if (certificates.EndsSoon(now))
        {
            LogEndsSoon(logger, certificates.Own.NotAfter.ToUniversalTime());
        }
    }

    /// <summary>Has a silo take and make only connections with certificates of its cluster.</summary>
    public static ISiloBuilder UseClusterTls(this ISiloBuilder silo, ClusterCertificates certificates) =>
        silo.Configure<SiloConnectionOptions>(connections =>
        {
            connections.ConfigureSiloInboundConnection(connection => connection.UseServerTls(OptionsFor(certificates, ClusterRole.Silo)));
            connections.ConfigureGatewayInboundConnection(connection => connection.UseServerTls(OptionsFor(certificates, ClusterRole.Api)));
            connections.ConfigureSiloOutboundConnection(connection => connection.UseClientTls(OptionsFor(certificates, ClusterRole.Silo)));
        });

    /// <summary>Has an API process connect to silos of its cluster only.</summary>
    public static IClientBuilder UseClusterTls(this IClientBuilder client, ClusterCertificates certificates) =>
        client.Configure<ClientConnectionOptions>(connections =>
            connections.ConfigureConnection(connection => connection.UseClientTls(OptionsFor(certificates, ClusterRole.Silo)))
        );

    /// <param name="certificates">The certificates of this process.</param>
    /// <param name="others">What the other side is at least: a silo may be where an API process may.</param>
    private static TlsOptions OptionsFor(ClusterCertificates certificates, ClusterRole others) =>
        new()
        {
            LocalCertificate = certificates.Own,
            RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
            ClientCertificateMode = RemoteCertificateMode.RequireCertificate,
            RemoteCertificateValidation = (certificate, _, _) => Accepts(certificates, others, certificate),
            SslProtocols = SslProtocols.Tls13 | SslProtocols.Tls12,
            OnAuthenticateAsClient = static (_, options) => options.TargetHost = ClusterCertificates.NameOf(ClusterRole.Silo),
        };

    private static bool Accepts(ClusterCertificates certificates, ClusterRole others, X509Certificate2 certificate) =>
        certificates.IsOfThisCluster(certificate)
        && (
            certificate.MatchesHostname(ClusterCertificates.NameOf(ClusterRole.Silo))
            || (others == ClusterRole.Api && certificate.MatchesHostname(ClusterCertificates.NameOf(ClusterRole.Api)))
        );

    [LoggerMessage(
        EventId = 6004,
        Level = LogLevel.Warning,
        Message = "CLUSTER_TLS is off: any program that reaches the ports between the processes of this cluster can read upstream tokens and make client keys"
    )]
    private static partial void LogOff(ILogger logger);

    [LoggerMessage(
        EventId = 6005,
        Level = LogLevel.Warning,
        Message = "The certificate of this process ends at {End}; make a new one and restart the processes one after the other"
    )]
    private static partial void LogEndsSoon(ILogger logger, DateTime end);
}
