using System.Net;
using System.Net.NetworkInformation;

namespace FlowGpt.Grains.Accounts;

/// <summary>Names and addresses of this machine.</summary>
internal static class MachineNames
{
    /// <summary>Its host name and the addresses of its network interfaces; what cannot be read is left out.</summary>
    public static HashSet<string> Read()
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { Environment.MachineName };
        try
        {
            names.Add(Dns.GetHostName());
            foreach (var network in NetworkInterface.GetAllNetworkInterfaces())
            {
                names.UnionWith(network.GetIPProperties().UnicastAddresses.Select(static one => one.Address.ToString()));
            }
        }
        catch (Exception exception)
            when (exception is NetworkInformationException or PlatformNotSupportedException or System.Net.Sockets.SocketException)
        {
            // The loopback names are known without asking.
        }

        return names;
    }
}
