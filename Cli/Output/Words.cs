using System.Globalization;
using FlowGpt.Admin.Contracts.Accounts;
using Spectre.Console;

namespace FlowGpt.Cli.Output;

/// <summary>Figures, times and states as text.</summary>
internal static class Words
{
    public static string Of(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Of(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    public static string Seconds(double? seconds) => seconds is { } s ? $"{s.ToString("0.00", CultureInfo.InvariantCulture)} s" : "-";

    public static string At(DateTimeOffset? time) =>
        time is { } at ? at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "-";

    public static string Within(DateTimeOffset? time, DateTimeOffset now) =>
        time is not { } at ? "-"
        : at <= now ? "now"
        : Lasting(at - now);

    public static string Lasting(TimeSpan span) =>
        span.TotalDays >= 2 ? $"{span.TotalDays:0} d"
        : span.TotalHours >= 2 ? $"{span.TotalHours:0} h"
        : span.TotalMinutes >= 2 ? $"{span.TotalMinutes:0} min"
        : $"{span.TotalSeconds:0} s";

    /// <summary>A state in its colour, as markup.</summary>
    public static string State(string state) =>
        $"[{state switch
        {
            AccountStates.Ready => "green",
            AccountStates.CoolingDown or AccountStates.Draining => "yellow",
            AccountStates.Disabled => "grey",
            _ => "red",
        }}]{Markup.Escape(state)}[/]";

    /// <summary>The used part of a limit, as a bar of ten characters.</summary>
    public static string Bar(long used, long limit)
    {
        var full = limit <= 0 ? 0 : (int)Math.Clamp(Math.Round(10.0 * used / limit), used > 0 ? 1 : 0, 10);
        return $"{new string('█', full)}{new string('░', 10 - full)} {Of(used)}/{Of(limit)}";
    }
}
