namespace FlowGpt.ApiFrontend.Usage;

/// <summary>Full hours, and the days of roll-ups, UTC.</summary>
internal static class UsageTimes
{
    /// <summary>Times beyond it, the year 2100, are mistakes: milliseconds, mostly.</summary>
    public const long LatestSecond = 4_102_444_800;

    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    public static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The full hour at or before a time.</summary>
    public static DateTimeOffset HourOf(DateTimeOffset time) => Down(time, Hour);

    /// <summary>The beginning of the next day, UTC: where the roll-up of another day begins.</summary>
    public static DateTimeOffset NextRollUp(DateTimeOffset time) => Down(time, Day) + Day;

    /// <summary>The full hour at or after a time.</summary>
    public static DateTimeOffset HourFrom(DateTimeOffset time) => HourOf(time) is var hour && hour == time ? hour : hour + Hour;

    private static DateTimeOffset Down(DateTimeOffset time, TimeSpan step) =>
        new(time.UtcTicks - (time.UtcTicks % step.Ticks), TimeSpan.Zero);
}
