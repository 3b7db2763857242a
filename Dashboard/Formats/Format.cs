using System.Globalization;

namespace FlowGpt.Dashboard.Formats;

/// <summary>Numbers, durations and times as people read them; times in the viewer's zone.</summary>
public static class Format
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>Every digit: 1,234,567.</summary>
    public static string Count(long value) => value.ToString("N0", Culture);

    /// <summary>Three digits: 1.23M.</summary>
    public static string Brief(double value) =>
        Math.Abs(value) switch
        {
            >= 1e9 => $"{(value / 1e9).ToString("0.##", Culture)}G",
            >= 1e6 => $"{(value / 1e6).ToString("0.##", Culture)}M",
            >= 1e4 => $"{(value / 1e3).ToString("0.#", Culture)}k",
            >= 100 or 0 => value.ToString("N0", Culture),
            _ => value.ToString("0.##", Culture),
        };

    /// <summary>A duration: 84 ms, 1.2 s, 3 min.</summary>
    public static string Seconds(double? seconds) =>
        seconds switch
        {
            null => "–",
            < 1 => $"{(seconds.Value * 1000).ToString("0", Culture)} ms",
            < 120 => $"{seconds.Value.ToString("0.#", Culture)} s",
            < 7200 => $"{(seconds.Value / 60).ToString("0", Culture)} min",
            < 172800 => $"{(seconds.Value / 3600).ToString("0", Culture)} h",
            _ => $"{(seconds.Value / 86400).ToString("0", Culture)} d",
        };

    /// <summary>A countdown: 0:42, 1:05:00.</summary>
    public static string Countdown(TimeSpan left) =>
        left <= TimeSpan.Zero ? "0:00"
        : left.TotalHours >= 1 ? left.ToString(@"h\:mm\:ss", Culture)
        : left.ToString(@"m\:ss", Culture);

    /// <summary>A share of 100.</summary>
    public static string Percent(double share) => $"{(share * 100).ToString(share is > 0 and < 0.1 ? "0.##" : "0.#", Culture)} %";

    /// <summary>Date and time to the second.</summary>
    public static string Moment(DateTimeOffset? time) => time?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", Culture) ?? "–";

    /// <summary>The date.</summary>
    public static string Day(DateTimeOffset? time) => time?.ToLocalTime().ToString("yyyy-MM-dd", Culture) ?? "–";

    /// <summary>The time of day.</summary>
    public static string Clock(DateTimeOffset time) => time.ToLocalTime().ToString("HH:mm", Culture);

    /// <summary>The time of day to the second.</summary>
    public static string ClockSeconds(DateTimeOffset time) => time.ToLocalTime().ToString("HH:mm:ss", Culture);

    /// <summary>Day and month.</summary>
    public static string ShortDay(DateTimeOffset time) => time.ToLocalTime().ToString("MM-dd", Culture);

    /// <summary>A size: 312 MiB.</summary>
    public static string Bytes(long? bytes) =>
        bytes switch
        {
            null => "–",
            < 1024 => $"{bytes} B",
            < 1024 * 1024 => $"{(bytes.Value / 1024d).ToString("0.#", Culture)} KiB",
            < 1024L * 1024 * 1024 => $"{(bytes.Value / (1024d * 1024)).ToString("0.#", Culture)} MiB",
            _ => $"{(bytes.Value / (1024d * 1024 * 1024)).ToString("0.##", Culture)} GiB",
        };
}
