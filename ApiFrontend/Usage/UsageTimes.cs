using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>Hours and days, UTC.</summary>
internal static class UsageTimes
{
    /// <summary>Times beyond it, the year 2100, are mistakes: milliseconds, mostly.</summary>
    public const long LatestSecond = 4_102_444_800;

    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    public static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The full hour at or before a time.</summary>
    public static DateTimeOffset HourOf(DateTimeOffset time) => Down(time, Hour);

    /// <summary>The day's beginning at or before a time.</summary>
    public static DateTimeOffset DayOf(DateTimeOffset time) => Down(time, Day);

    /// <summary>The full hour at or after a time.</summary>
    public static DateTimeOffset HourFrom(DateTimeOffset time) => HourOf(time) is var hour && hour == time ? hour : hour + Hour;

    /// <summary>The end of the bucket that a time is in.</summary>
    public static DateTimeOffset EndOf(DateTimeOffset time, UsageBucketWidth width) =>
        width == UsageBucketWidth.Hour ? HourOf(time) + Hour : DayOf(time) + Day;

    private static DateTimeOffset Down(DateTimeOffset time, TimeSpan step) =>
        new(time.UtcTicks - (time.UtcTicks % step.Ticks), TimeSpan.Zero);
}
