using System.Net;

namespace FlowGpt.Simulator.Hosting;

/// <summary>Where to listen.</summary>
/// <param name="Address">The interface.</param>
/// <param name="Port">The port; 0 for a free one.</param>
internal sealed record ListenAddress(IPAddress Address, int Port)
{
    public static string[] Split(string urls) =>
        urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } list ? list : [""];

    public static ListenAddress? Parse(string url)
    {
        // "*" and "+" are how ASP.NET Core writes every interface, but no host name of a URI.
        if (!Uri.TryCreate(url.Replace("//*", "//0.0.0.0").Replace("//+", "//0.0.0.0"), UriKind.Absolute, out var uri))
        {
            return null;
        }

        if (uri.Scheme != Uri.UriSchemeHttp || uri.PathAndQuery != "/")
        {
            return null;
        }

        var host = uri.Host.Trim('[', ']');
        if (host == "localhost")
        {
            return new ListenAddress(IPAddress.Loopback, uri.Port);
        }

        return IPAddress.TryParse(host, out var address) ? new ListenAddress(address, uri.Port) : null;
    }
}
