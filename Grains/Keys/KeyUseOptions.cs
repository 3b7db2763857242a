namespace FlowGpt.Grains.Keys;

/// <summary>How the use of client keys is counted. Section <see cref="Section"/>.</summary>
public sealed class KeyUseOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "FlowGpt:KeyUse";

    /// <summary>How long after the end of its time a request without a reported end counts as ended; all that it reserved then stays counted.</summary>
    /// <value>Default 1 min; 1 s to 10 min.</value>
    public TimeSpan SettleGrace { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How much use is noted in storage ahead of time, in seconds of the present load, never more than a tenth of a limit. Longer: fewer writes; shorter:
    /// less of a budget is lost when a process dies.
    /// </summary>
    /// <value>Default 8 s; 0.1 s to 5 min.</value>
    public TimeSpan ReserveSpan { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>How long what was noted may be used. Longer: fewer writes at low load.</summary>
    /// <value>Default 30 s; 1 s to 1 h.</value>
    public TimeSpan ReserveValidity { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How much longer than a minute a use counts, as a share of it, for clocks that run differently.</summary>
    /// <value>Default 0.001; 0 to 0.05.</value>
    public double ClockMargin { get; set; } = 0.001;

    /// <summary>The time zone of the days and months of budgets, as an IANA name such as <c>Europe/Berlin</c>. Days are as long as they are there: 23 to 25 hours.</summary>
    /// <value>Default <c>UTC</c>.</value>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>The time zone that <see cref="TimeZone"/> names; UTC for a name that is unknown.</summary>
    internal TimeZoneInfo Zone => TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;
}
