using System.Globalization;
using System.Text.RegularExpressions;
using FlowGpt.Tests.Unit.Packaging;
using StackExchange.Redis;

namespace FlowGpt.Tests.Process.Storage;

/// <summary>The keys that docs/storage.md lists and their lifetimes, compared with those of a real Redis.</summary>
internal static partial class RedisLayout
{
    /// <summary>The keys that differ from the layout: unknown ones, and those with a shorter or longer lifetime.</summary>
    public static async Task<IReadOnlyList<string>> ProblemsAsync(IConnectionMultiplexer connection)
    {
        var documented = Documented();
        var wrong = new List<string>();
        foreach (var key in await KeysAsync(connection))
        {
            var days = (await connection.GetDatabase().KeyTimeToLiveAsync(key))?.TotalDays;
            if (documented.Count(row => row.Pattern.IsMatch(key) && IsNear(days, row.Days)) != 1)
            {
                wrong.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"docs/storage.md does not say, or says twice: {key}, which lives for {(days is null ? "ever" : $"{days} days")}"
                    )
                );
            }
        }

        return wrong;
    }

    /// <summary>Keys in order.</summary>
    public static async ValueTask<List<string>> KeysAsync(IConnectionMultiplexer connection, string pattern = "*")
    {
        var keys = new List<string>();
        await foreach (var key in connection.GetServers().Single().KeysAsync(pattern: pattern))
        {
            keys.Add(key.ToString());
        }

        keys.Sort(StringComparer.Ordinal);
        return keys;
    }

    private static bool IsNear(double? days, double? documented) =>
        days is null ? documented is null : days > documented - 0.1 && days <= documented;

    // Rows of the table: | `key/with/{parts}` | who | size | lifetime |, where a lifetime of days means that Redis deletes the key by itself.
    private static List<(Regex Pattern, double? Days)> Documented() =>
        [
            .. Repository
                .ReadLines("docs/storage.md")
                .Select(static line => Row().Match(line))
                .Where(static row => row.Success)
                .Select(static row =>
                    (
                        new Regex($"^{Part().Replace(Regex.Escape(row.Groups["key"].Value), "[^/]+")}$"),
                        Days().Match(row.Groups["lifetime"].Value) is { Success: true } days
                            ? double.Parse(days.Groups["days"].Value, CultureInfo.InvariantCulture)
                            : (double?)null
                    )
                ),
        ];

    [GeneratedRegex(@"^\| `(?<key>flowgpt/[^`]+)` \|.*\| (?<lifetime>[^|]+) \|$")]
    private static partial Regex Row();

    [GeneratedRegex(@"\\\{[^}]+}")]
    private static partial Regex Part();

    [GeneratedRegex(@"^(?<days>\d+) days")]
    private static partial Regex Days();
}
