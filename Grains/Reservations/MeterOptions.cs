namespace FlowGpt.Grains.Reservations;

/// <summary>How a meter counts and reserves ahead.</summary>
/// <param name="ClockMargin">How much longer than its window a use counts, as a share of the window.</param>
/// <param name="ReserveSpan">How much use is noted in storage ahead of time, in time of the present load.</param>
/// <param name="ReserveValidity">How long what was noted may be used.</param>
/// <param name="Calendar">By which days and months are counted.</param>
internal sealed record MeterOptions(double ClockMargin, TimeSpan ReserveSpan, TimeSpan ReserveValidity, WallCalendar Calendar);
