using FlowGpt.ApiFrontend.Cluster;

namespace FlowGpt.Tests.Process;

/// <summary>Certificates that all clusters of a test run share, made when the first process needs them.</summary>
internal static class TestCertificates
{
    private static readonly Lazy<string> Made = new(static () => Make());

    /// <summary>The directory of a role, for <c>CLUSTER_TLS</c>.</summary>
    public static string For(ClusterRole role) => Path.Combine(Made.Value, role == ClusterRole.Silo ? "silo" : "api");

    /// <summary>Certificates of another cluster.</summary>
    public static string Make()
    {
        var directory = Directory.CreateTempSubdirectory("flowgpt-tls-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        CertificateMaker.Write(directory, TimeProvider.System.GetUtcNow());
        return directory;
    }
}
