using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Process.Nginx;

/// <summary>A directory with links to the shipped nginx configuration and the test's own <c>site</c> beside them.</summary>
internal sealed class NginxSite : IDisposable
{
    private static readonly string[] Shipped = ["nginx.conf", "errors.conf"];

    private NginxSite(string directory) => Directory = directory;

    /// <summary>The prefix: relative paths of nginx are below this directory.</summary>
    public string Directory { get; }

    /// <summary>The main configuration file.</summary>
    public string Configuration => Path.Combine(Directory, "nginx.conf");

    /// <summary>The socket on which nginx listens.</summary>
    public string Socket => Path.Combine(Directory, "s");

    public static NginxSite Create(IEnumerable<string> servers, string overrides)
    {
        var site = CreateEmpty();
        site.Write("server.conf", $"listen unix:{site.Socket};\n{overrides}\n");
        site.WriteServers(servers);
        return site;
    }

    public static NginxSite CreateEmpty()
    {
        // Not CreateTempSubdirectory: its mode would deny access to nginx's workers when the tests run as root.
        var directory = Path.Combine(Path.GetTempPath(), $"fgc-nginx-{Path.GetRandomFileName()}");
        System.IO.Directory.CreateDirectory(Path.Combine(directory, "site"));
        foreach (var file in Shipped)
        {
            File.CreateSymbolicLink(Path.Combine(directory, file), Repository.PathOf($"deploy/nginx/{file}"));
        }

        return new NginxSite(directory);
    }

    /// <summary>Which API processes there are; parameters of nginx, such as <c>down</c>, may follow an address.</summary>
    public void WriteServers(IEnumerable<string> servers) =>
        Write("upstream.conf", string.Concat(servers.Select(static server => $"server {server} max_fails=1 fail_timeout=2s;\n")));

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(Directory, "site", name), text);

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
