namespace FlowGpt.Silo.Storage;

/// <summary>The note that records are over their time. They are removed a day later, by the note and not by what the clock says then.</summary>
/// <param name="Before">The retention of records whose last write is older has elapsed.</param>
/// <param name="MarkedAt">What the wall clock said when the note was made.</param>
internal sealed record RetentionMark(DateTimeOffset Before, DateTimeOffset MarkedAt)
{
    /// <summary>From a note to the removal.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromDays(1);

    /// <summary>A note from a time that has not come yet was made by a clock that was ahead: it is worth nothing.</summary>
    public bool IsVoid(DateTimeOffset now) => MarkedAt > now;

    /// <summary>Whether the removal is due.</summary>
    /// <param name="now">What the wall clock says.</param>
    /// <param name="held">For how long this process has run since it made the note; null for a note of an earlier start.</param>
    public bool IsDue(DateTimeOffset now, TimeSpan? held) => now - MarkedAt >= Wait && (held is null || held >= Wait);
}
