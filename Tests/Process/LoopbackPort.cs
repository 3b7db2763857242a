using System.Net;
using System.Net.Sockets;

namespace FlowGpt.Tests.Process;

/// <summary>Ports for programs that cannot choose a free port by themselves.</summary>
internal static class LoopbackPort
{
    private const int First = 17000;
    private const int Last = 30000;

    /// <summary>A port on which nothing listens now. Another process could take the port before the test uses it; the test then fails with that error.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>
    /// The first of a hundred ports of which these are free now, below the range from which the system assigns ports: a process that is
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
                // Another cluster uses this block.
            }
        }
    }
}
