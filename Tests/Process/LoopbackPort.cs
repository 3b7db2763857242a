using System.Net;
using System.Net.Sockets;

namespace FlowGpt.Tests.Process;

/// <summary>Ports for programs that cannot choose one by themselves.</summary>
internal static class LoopbackPort
{
    /// <summary>A port that nothing listens on now. Another process could take it before it is used; tests that meet that fail loudly.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
