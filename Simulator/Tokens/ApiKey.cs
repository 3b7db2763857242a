using System.Globalization;

namespace FlowGpt.Simulator.Tokens;

/// <summary>
/// Keys of the OpenAI-compatible face: <c>sk-sim-</c> and the account's name, then a point and the time of issue. A key without a time, such
/// as <c>sk-sim-a1</c>, counts as issued long ago. They are fake and open nothing.
/// </summary>
public static class ApiKey
{
    private const string Prefix = "sk-sim-";

    /// <summary>Mints a key for an account.</summary>
    /// <param name="accountName">The account's name.</param>
    /// <param name="issuedAt">The time of issue; a key issued before the account's keys were revoked is refused.</param>
    public static string Mint(string accountName, DateTimeOffset issuedAt) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Uri.EscapeDataString(accountName)}.{issuedAt.ToUnixTimeMilliseconds()}");

    /// <returns>The account's name and the time of issue in Unix seconds, or null when the text is no such key.</returns>
    internal static (string Account, double IssuedAt)? Read(string key)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || key.Length == Prefix.Length)
        {
            return null;
        }

        var name = key[Prefix.Length..];
        var point = name.LastIndexOf('.');
        return point > 0 && long.TryParse(name[(point + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? (Uri.UnescapeDataString(name[..point]), milliseconds / 1000d)
            : (Uri.UnescapeDataString(name), 0);
    }
}
