using System.Text.RegularExpressions;

namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>The names that <c>.env.example</c> shows, whether set or commented out.</summary>
internal static partial class EnvironmentExample
{
    public const string File = ".env.example";

    /// <summary>Every setting: its name and its value.</summary>
    public static IReadOnlyList<(string Name, string Value)> Settings { get; } =
    [
        .. Repository
            .ReadLines(File)
            .Select(static line => Setting().Match(line))
            .Where(static match => match.Success)
            .Select(static match => (match.Groups["name"].Value, match.Groups["value"].Value)),
    ];

    [GeneratedRegex("^#?(?<name>[A-Z][A-Z0-9_]*)=(?<value>.*)$")]
    private static partial Regex Setting();
}
