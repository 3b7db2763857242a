using System.Globalization;
using FlowGpt.Cli.Connections;

namespace FlowGpt.Cli.Accounts;

/// <summary>Options of the form <c>name=value</c>.</summary>
internal static class Pairs
{
    /// <exception cref="UsageException">There is no name or no equals sign.</exception>
    public static (string Name, string Value) Split(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is var at and > 0
            ? (text[..at], text[(at + 1)..])
            : throw new UsageException($"'{text}' is not of the form NAME=VALUE.");

    /// <exception cref="UsageException">The value is no whole number.</exception>
    public static long NumberOf((string Name, string Value) pair) =>
        long.TryParse(pair.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new UsageException($"{pair.Name} must be a whole number, not '{pair.Value}'.");
}
