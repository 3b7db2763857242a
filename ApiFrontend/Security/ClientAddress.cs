using System.Net;

namespace FlowGpt.ApiFrontend.Security;

/// <summary>Where a request comes from, as far as the connection and trusted proxies tell.</summary>
internal static class ClientAddress
{
    /// <summary>The client's address.</summary>
    public static IPAddress Of(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    /// <summary>Who counts as one client: the address, of IPv6 the /64 network, which one client has all of.</summary>
    public static IPAddress NetworkOf(HttpContext context)
    {
        var address = Of(context);
        var bytes = address.GetAddressBytes();
        if (bytes.Length == 4 || IPAddress.IsLoopback(address))
        {
            return address;
        }

        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
