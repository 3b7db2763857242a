using System.Net;

namespace FlowGpt.ApiFrontend.Security;

/// <summary>The proxies whose word on the client's address is taken.</summary>
internal sealed class TrustedProxies
{
    private readonly List<IPNetwork> _networks = [];

    /// <param name="list">Addresses and networks in CIDR form, separated by semicolons; what is neither is left out.</param>
    public TrustedProxies(string list)
    {
        foreach (var part in list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (TryParse(part, out var network))
            {
                _networks.Add(network);
            }
        }
    }

    /// <summary>Reads one address or network.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
            return true;
        }

        return IPNetwork.TryParse(text, out network);
    }

    public bool Contains(IPAddress address)
    {
        foreach (var network in _networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Who counts as one client: <see cref="AddressOf"/>, of IPv6 the /64 network, which one client has all of.</summary>
    public IPAddress ClientOf(HttpContext context) => Network(AddressOf(context));

    /// <summary>
    /// Where a request comes from: the connection's other end, or, as long as that is a trusted proxy, what it says in
    /// <c>X-Forwarded-For</c>, read from the right.
    /// </summary>
    public IPAddress AddressOf(HttpContext context)
    {
        var address = Plain(context.Connection.RemoteIpAddress ?? IPAddress.None);
        if (ClaimOf(context) is not { } claim)
        {
            return address;
        }

        var hops = claim.Split(',', StringSplitOptions.TrimEntries);
        for (var i = hops.Length - 1; i >= 0 && Contains(address) && IPAddress.TryParse(hops[i], out var before); i--)
        {
            address = Plain(before);
        }

        return address;
    }

    /// <summary>What a trusted proxy passed on in <c>X-Forwarded-For</c>; null when there is none, or the connection comes from somebody else.</summary>
    public string? ClaimOf(HttpContext context)
    {
        var forwarded = context.Request.Headers["X-Forwarded-For"];
        return forwarded.Count > 0 && context.Connection.RemoteIpAddress is { } remote && Contains(Plain(remote))
            ? string.Join(',', forwarded.ToArray())
            : null;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPAddress Network(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (bytes.Length == 4 || IPAddress.IsLoopback(address))
        {
            return address;
        }

        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
