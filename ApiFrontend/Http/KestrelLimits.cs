using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

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

    /// <summary>
    /// What the system keeps of an answer that a client does not take; Linux doubles the number. Without it the system's own maximum counts, several MiB a connection. A connection
    /// to the other side of the world (200 ms there and back) still gets 2.5 MB/s.
    /// </summary>
    private const int UnsentBytes = 256 * 1024;

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

    public static void Apply(SocketTransportOptions sockets) =>
        sockets.CreateBoundListenSocket = static endPoint =>
        {
            // Connections have what their listener has.
            var listener = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
            listener.SendBufferSize = UnsentBytes;
            return listener;
        };
}
