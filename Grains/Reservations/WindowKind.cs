namespace FlowGpt.Grains.Reservations;

/// <summary>The limits over time that there are. Those per minute, hour and day hold in any interval of that length, those of a day or a month by the calendar.</summary>
internal enum WindowKind
{
    RequestsPerMinute = 0,
    RequestsPerHour = 1,
    RequestsPerDay = 2,
    TokensPerMinute = 3,
    TokensPerDay = 4,
    TokensOfDay = 5,
    TokensOfMonth = 6,
}
