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
            _ => TimeSpan.FromDays(1),
        };

    public static bool CountsTokens(this WindowKind kind) => kind is WindowKind.TokensPerMinute or WindowKind.TokensPerDay;

    /// <summary>The limit's name in the accounts file, in snapshots and in stored state.</summary>
    public static string FieldName(this WindowKind kind) =>
        kind switch
        {
            WindowKind.RequestsPerMinute => "requestsPerMinute",
            WindowKind.RequestsPerHour => "requestsPerHour",
            WindowKind.RequestsPerDay => "requestsPerDay",
            WindowKind.TokensPerMinute => "tokensPerMinute",
            _ => "tokensPerDay",
        };
}
