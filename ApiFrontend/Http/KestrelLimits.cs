using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FlowGpt.ApiFrontend.Http;

/// <summary>What the server takes before any code of the product sees a request: a refusal at that place has no body and no reason.</summary>
internal static class KestrelLimits
{
    /// <summary>Most bytes of all headers together: browsers send the cookies of every page of the host.</summary>
    private const int HeaderBytes = 512 * 1024;

    /// <summary>Most headers: proxies and tracers each add their own.</summary>
    private const int Headers = 1000;

    /// <summary>Most bytes of method and address, more than the 64 KiB that nginx passes on: an address that is too long is then an unknown route.</summary>
    private const int LineBytes = 66 * 1024;

    public static void Apply(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestLineSize = LineBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytes;
        kestrel.Limits.MaxRequestHeaderCount = Headers;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = HeaderBytes;
        // Every byte is a character, so an unused header fails no request, and two different values stay different.
        kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
    }
}
