namespace FlowGpt.Grains.Reservations;

/// <summary>
/// The days and months of one time zone, and the wall clock. Meters count time that never jumps (<see cref="ReservationClock"/>); budgets and expiry dates hold
/// by the wall clock, which may be set or may have gone on while the machine was suspended.
/// </summary>
/// <param name="zone">The time zone.</param>
internal sealed class WallCalendar(TimeZoneInfo zone)
{
    /// <summary>How far the wall clock is ahead of the meters' time; negative when it is behind.</summary>
    public TimeSpan Ahead { get; set; }

    /// <summary>What the wall clock says at an instant of the meters' time.</summary>
    public DateTimeOffset Wall(DateTimeOffset now) => now + Ahead;

    /// <summary>The instant of the meters' time at which the wall clock says <paramref name="wall"/>.</summary>
    public DateTimeOffset Now(DateTimeOffset wall) => wall - Ahead;

    /// <summary>The day or month that an instant of the wall clock lies in: its first instant, and the first instant after it.</summary>
    public (DateTimeOffset Start, DateTimeOffset End) Period(WindowKind kind, DateTimeOffset wall)
    {
        var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(wall, zone).DateTime);
        var monthly = kind == WindowKind.TokensOfMonth;
        var first = monthly ? new DateOnly(date.Year, date.Month, 1) : date;
        return (StartOf(first, zone), StartOf(monthly ? first.AddMonths(1) : first.AddDays(1), zone));
    }

    /// <summary>
    /// The first instant of a date. Where the clocks are put forward at midnight, the date begins with the first time that exists; where midnight comes twice, with the earlier midnight.
    /// </summary>
    private static DateTimeOffset StartOf(DateOnly date, TimeZoneInfo zone)
    {
        var local = date.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
