namespace FlowGpt.Grains.Reservations;

/// <summary>The limits over time that an account can have.</summary>
internal enum WindowKind
{
    RequestsPerMinute = 0,
    RequestsPerHour = 1,
    RequestsPerDay = 2,
    TokensPerMinute = 3,
    TokensPerDay = 4,
}
