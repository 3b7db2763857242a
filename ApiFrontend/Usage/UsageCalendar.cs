using System.Globalization;
using FlowGpt.Grains.Interfaces.Usage;

namespace FlowGpt.ApiFrontend.Usage;

/// <summary>
/// The days of usage buckets in one time zone. Usage is kept by the hour, UTC: where a zone is not whole hours from UTC, its days begin with the hour in which its midnight lies.
/// </summary>
/// <param name="zone">The time zone.</param>
internal sealed class UsageCalendar(TimeZoneInfo zone)
{
    public static readonly UsageCalendar Utc = new(TimeZoneInfo.Utc);

    /// <summary>The first hour of the day that a time lies in.</summary>
    public DateTimeOffset DayOf(DateTimeOffset time) => StartOf(DateOf(time));

    /// <summary>The first hour of the day that is so many days before that of a time.</summary>
    public DateTimeOffset DayBefore(DateTimeOffset time, int days) => StartOf(DateOf(time).AddDays(-days));

    /// <summary>The end of the bucket that a time is in.</summary>
    public DateTimeOffset EndOf(DateTimeOffset time, UsageBucketWidth width)
    {
        if (width == UsageBucketWidth.Hour)
        {
            return UsageTimes.HourOf(time) + UsageTimes.Hour;
        }

        // An hour that holds midnight begins before it, and belongs to the new day.
        var date = DateOf(time);
        while (StartOf(date) <= time)
        {
            date = date.AddDays(1);
        }

        return StartOf(date);
    }

    /// <summary>Reads a date or a time; without an offset it is a time of this zone.</summary>
    public bool TryRead(string text, out DateTimeOffset time)
    {
        time = default;
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var local))
        {
            return false;
        }

        if (local.Kind != DateTimeKind.Unspecified)
        {
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out time);
        }

        time = ToUtc(local);
        return true;
    }

    private DateOnly DateOf(DateTimeOffset time) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime);

    private DateTimeOffset StartOf(DateOnly date) => UsageTimes.HourOf(ToUtc(date.ToDateTime(TimeOnly.MinValue)));

    private DateTimeOffset ToUtc(DateTime local)
    {
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        // Years outside the calendar are handled by the caller.
        return local.Ticks < offset.Ticks || local.Ticks - offset.Ticks > DateTime.MaxValue.Ticks
            ? DateTimeOffset.MinValue
            : new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
