using System.Diagnostics;
using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Process.Nginx;

/// <summary>The shipped files, checked by nginx.</summary>
[Trait("Category", "Process")]
public sealed class NginxConfigurationCheckTests
{
    [Fact]
    public async Task Configuration_WithTheContainersSite_IsValid()
    {
        using var site = NginxSite.CreateEmpty();
        // Names are looked up when nginx starts, and "resolve" is newer than some of the versions that tests run with.
        var upstream = Repository
            .Read("deploy/nginx/site/upstream.conf")
            .Replace("server api:8080 resolve", "server 127.0.0.1:8080", StringComparison.Ordinal)
            .Replace("include ", "#include ", StringComparison.Ordinal);
        site.Write("upstream.conf", upstream);
        site.Write("server.conf", Repository.Read("deploy/nginx/site/server.conf"));

        var (code, said) = await CheckAsync(site);

        Assert.True(code == 0, said);
        Assert.DoesNotContain("[warn]", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configuration_WithAMistake_IsNotValid()
    {
        using var site = NginxSite.Create(["127.0.0.1:8080"], "proxy_read_timeout soon;");

        var (code, said) = await CheckAsync(site);

        Assert.Equal(1, code);
        Assert.Contains("proxy_read_timeout", said, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Said)> CheckAsync(NginxSite site)
    {
        var start = new ProcessStartInfo(ExternalProgram.Nginx.PathOrSkip())
        {
            ArgumentList = { "-t", "-p", site.Directory, "-c", site.Configuration },
            RedirectStandardError = true,
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync().WaitAsync(NginxProcess.Deadline);
        await process.WaitForExitAsync().WaitAsync(NginxProcess.Deadline);
        return (process.ExitCode, said);
    }
}
