using System.Runtime.Versioning;
using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Configuration;
using Microsoft.Extensions.Configuration;

namespace FlowGpt.Tests.Unit.ApiFrontend.Cluster;

public sealed class ClusterCertificatesTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly string _directory = Directory.CreateTempSubdirectory("flowgpt-tests-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Write_ThenLoad_IsTheClustersAndOnlyOfItsRole()
    {
        Assert.Equal(2, CertificateMaker.Write(_directory, Now).Count);

        var silo = ClusterCertificates.Load(Of("silo"), ClusterRole.Silo, Now);
        var api = ClusterCertificates.Load(Of("api"), ClusterRole.Api, Now);

        Assert.True(silo.IsOfThisCluster(api.Own));
        Assert.False(ClusterCertificates.MakeForThisProcess(Now).IsOfThisCluster(silo.Own));
        Assert.Contains(
            "api.flowgpt.internal",
            Refused(() => ClusterCertificates.Load(Of("silo"), ClusterRole.Api, Now)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "ended on",
            Refused(() => ClusterCertificates.Load(Of("silo"), ClusterRole.Silo, Now.AddDays(800))),
            StringComparison.Ordinal
        );
        Assert.True(silo.EndsSoon(Now.AddDays(710)));
        Assert.False(silo.EndsSoon(Now));
    }

    [Fact]
    public void Write_Again_RenewsOnlyWhatEndsWithinHalfAYear()
    {
        CertificateMaker.Write(_directory, Now);
        var before = File.ReadAllText(Path.Combine(Of("silo"), "process.crt"));

        Assert.Empty(CertificateMaker.Write(_directory, Now.AddDays(500)));
        Assert.Equal(2, CertificateMaker.Write(_directory, Now.AddDays(600)).Count);

        Assert.NotEqual(before, File.ReadAllText(Path.Combine(Of("silo"), "process.crt")));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Write_Keys_AreTheirOwnersOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        CertificateMaker.Write(_directory, Now);

        foreach (var key in Directory.GetFiles(_directory, "*.key", SearchOption.AllDirectories))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        }
    }

    [Fact]
    public void Read_SaysOff_IsNoCertificatesAndNothingSaid_IsRefused()
    {
        Assert.Null(ClusterTls.Read(Configuration("off"), ClusterRole.Api, Now));
        Assert.Contains("DIRECTORY/api", Refused(() => ClusterTls.Read(Configuration(""), ClusterRole.Api, Now)), StringComparison.Ordinal);
        Assert.Contains(
            "authority.crt",
            Refused(() => ClusterTls.Read(Configuration(_directory), ClusterRole.Silo, Now)),
            StringComparison.Ordinal
        );
    }

    private string Of(string role) => Path.Combine(_directory, role);

    private static IConfiguration Configuration(string directory) =>
        new ConfigurationBuilder().AddInMemoryCollection([new(ClusterTls.Key, directory)]).Build();

    private static string Refused(Func<object?> load) => Assert.Throws<StartupException>(() => load()).Message;
}
