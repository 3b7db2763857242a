namespace FlowGpt.Grains.Accounts;

/// <summary>What can be wrong with the address of a pool's provider. Pure.</summary>
internal static class PoolAddress
{
    private static readonly string[] OwnNames = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0", "[::]"];

    /// <summary>What is wrong with an address, as a phrase that follows the field's name; null when nothing is.</summary>
    public static string? ProblemOf(string text) =>
        !Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.Host.Length == 0
            ? "is not an address; give one such as https://api.example.com/v1"
        : address.UserInfo.Length > 0 ? "holds a user name or password; give the key in the account"
        : address.Query.Length > 0 || address.Fragment.Length > 0 ? "holds a query or a fragment; use the pool's field query for parameters"
        : null;

    /// <summary>Whether this gateway listens on an address.</summary>
    /// <param name="address">The provider's address.</param>
    /// <param name="listensOn">The gateway's own addresses; a host of <c>*</c>, <c>+</c> or all zeros stands for every name of this machine.</param>
    /// <param name="machineNames">Names and addresses of this machine, beside the loopback addresses.</param>
    public static bool IsOwn(Uri address, IEnumerable<string> listensOn, IReadOnlySet<string> machineNames) =>
        listensOn.Any(own => IsOwn(address, own, machineNames));

    private static bool IsOwn(Uri address, string own, IReadOnlySet<string> machineNames)
    {
        // "*" and "+" are no host names of a Uri.
        var text = own.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var listening) || listening.Port != address.Port)
        {
            return false;
        }

        return Same(listening.Host, address.Host)
            || (IsThisMachine(listening.Host, machineNames) && IsThisMachine(address.Host, machineNames));
    }

    private static bool IsThisMachine(string host, IReadOnlySet<string> machineNames) =>
        OwnNames.Any(name => Same(name, host))
        || host.StartsWith("127.", StringComparison.Ordinal)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || machineNames.Contains(host.Trim('[', ']'));

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
