using System.Net;
using System.Net.Sockets;

namespace FlowGpt.Tests.Process;

/// <summary>Ports for programs that cannot choose one by themselves.</summary>
internal static class LoopbackPort
{
    private const int First = 17000;
    private const int Last = 30000;

    /// <summary>A port that nothing listens on now. Another process could take it before it is used; tests that meet that fail loudly.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>
    /// The first of a hundred ports of which these are free now, below the range from which the system hands out ports: a process that is
    /// restarted finds its port free again.
    /// </summary>
    /// <param name="offsets">Which of the hundred will be used.</param>
    public static int Block(params ReadOnlySpan<int> offsets)
    {
        for (var port = First + Environment.ProcessId % 100 * 100; ; port = port >= Last ? First : port + 100)
        {
            try
            {
                foreach (var offset in offsets)
                {
                    using var listener = new TcpListener(IPAddress.Loopback, port + offset);
                    listener.Start();
                }

                return port;
            }
            catch (SocketException)
            {
                // Another cluster has this block.
            }
        }
    }
}
