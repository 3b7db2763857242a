using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace FlowGpt.ApiFrontend.Security;

/// <summary>The proxies that are believed on a request's origin: the client's address, the scheme, and the path below which the client sees the API.</summary>
internal static class TrustedProxies
{
    /// <summary>Sets up the middleware that replaces the connection's own address, scheme and path base by what the proxies say.</summary>
    /// <param name="options">The middleware's options.</param>
    /// <param name="list">Addresses and networks in CIDR form, separated by semicolons; what is neither is left out.</param>
    public static void Apply(ForwardedHeadersOptions options, string list)
    {
        options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedPrefix;
        // As many as are in the header, as long as each was added by a trusted proxy.
        options.ForwardLimit = null;
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var part in list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (TryParse(part, out var network))
            {
                options.KnownIPNetworks.Add(network);
            }
        }

        if (options.KnownIPNetworks.Count == 0)
        {
            // The middleware takes two empty lists for "trust everybody".
            options.ForwardedHeaders = ForwardedHeaders.None;
        }
    }

    /// <summary>Takes over what trusted proxies say. A path that begins with two slashes would lead a redirect to another host, and is left out.</summary>
    public static void UseTrustedProxies(this IApplicationBuilder app)
    {
        app.UseForwardedHeaders();
        app.Use(
            static (context, next) =>
            {
                if (context.Request.PathBase.Value is ['/', '/', ..])
                {
                    context.Request.PathBase = PathString.Empty;
                }

                return next(context);
            }
        );
    }

    /// <summary>Reads one address or network.</summary>
    public static bool TryParse(string text, out System.Net.IPNetwork network)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            network = new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8);
            return true;
        }

        return System.Net.IPNetwork.TryParse(text, out network);
    }
}
