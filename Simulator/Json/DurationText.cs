using System.Globalization;

namespace FlowGpt.Simulator.Json;

/// <summary>Durations as directives and control requests write them: <c>50ms</c>, <c>2s</c>, <c>1.5m</c>, <c>1h</c>, <c>7d</c>.</summary>
internal static class DurationText
{
    public const string Form = "a number with a unit, such as 50ms, 2s, 1.5m, 1h or 7d";

    private static readonly (string Unit, double Milliseconds)[] Units =
    [
        ("ms", 1),
        ("s", 1_000),
        ("m", 60_000),
        ("h", 3_600_000),
        ("d", 86_400_000),
    ];

    /// <returns>Whether <paramref name="text"/> is a duration of zero or more, up to 1000 days.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        foreach (var (unit, milliseconds) in Units)
        {
            if (
                text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                && value * milliseconds <= TimeSpan.FromDays(1000).TotalMilliseconds
            )
            {
                duration = TimeSpan.FromMilliseconds(value * milliseconds);
                return true;
            }
        }

        return false;
    }

    public static string Format(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds}ms");
}
