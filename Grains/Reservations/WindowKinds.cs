namespace FlowGpt.Grains.Reservations;

/// <summary>What the kinds of limit mean.</summary>
internal static class WindowKinds
{
    /// <summary>All of them, shortest first within a unit.</summary>
    public static readonly WindowKind[] All = Enum.GetValues<WindowKind>();

    public static TimeSpan Length(this WindowKind kind) =>
        kind switch
        {
            WindowKind.RequestsPerMinute or WindowKind.TokensPerMinute => TimeSpan.FromMinutes(1),
            WindowKind.RequestsPerHour => TimeSpan.FromHours(1),
            WindowKind.TokensOfMonth => TimeSpan.FromDays(31),
            _ => TimeSpan.FromDays(1),
        };

    public static bool CountsTokens(this WindowKind kind) => kind >= WindowKind.TokensPerMinute;

    /// <summary>Whether it holds for a day or a month of the calendar.</summary>
    public static bool IsCalendar(this WindowKind kind) => kind >= WindowKind.TokensOfDay;

    /// <summary>The limit's name in the accounts file, in snapshots and in stored state.</summary>
    public static string FieldName(this WindowKind kind) =>
        kind switch
        {
            WindowKind.RequestsPerMinute => "requestsPerMinute",
            WindowKind.RequestsPerHour => "requestsPerHour",
            WindowKind.RequestsPerDay => "requestsPerDay",
            WindowKind.TokensPerMinute => "tokensPerMinute",
            WindowKind.TokensPerDay => "tokensPerDay",
            WindowKind.TokensOfDay => "tokensOfDay",
            _ => "tokensOfMonth",
        };
}
