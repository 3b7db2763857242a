using System.Net;
using System.Net.Sockets;

namespace FlowGpt.Benchmarks.Targets;

/// <summary>Ports for servers that must be told theirs.</summary>
internal static class FreePort
{
    /// <summary>A loopback port that nobody listens on now.</summary>
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
