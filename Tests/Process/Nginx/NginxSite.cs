using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Process.Nginx;

/// <summary>A directory with links to the shipped nginx configuration and a <c>site</c> of the test's own beside them.</summary>
internal sealed class NginxSite : IDisposable
{
    private static readonly string[] Shipped = ["nginx.conf", "errors.conf"];

    private NginxSite(string directory) => Directory = directory;

    /// <summary>The prefix: everything relative that nginx writes is here.</summary>
    public string Directory { get; }

    /// <summary>The main file.</summary>
    public string Configuration => Path.Combine(Directory, "nginx.conf");

    /// <summary>Where nginx listens.</summary>
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
        // Not CreateTempSubdirectory: its mode keeps out the workers when the tests run as root.
        var directory = Path.Combine(Path.GetTempPath(), $"fgc-nginx-{Path.GetRandomFileName()}");
        System.IO.Directory.CreateDirectory(Path.Combine(directory, "site"));
        foreach (var file in Shipped)
        {
            File.CreateSymbolicLink(Path.Combine(directory, file), Repository.PathOf($"deploy/nginx/{file}"));
        }

        return new NginxSite(directory);
    }

    /// <summary>Which API processes there are; what follows an address is for nginx, such as <c>down</c>.</summary>
    public void WriteServers(IEnumerable<string> servers) =>
        Write("upstream.conf", string.Concat(servers.Select(static server => $"server {server} max_fails=1 fail_timeout=2s;\n")));

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(Directory, "site", name), text);

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
