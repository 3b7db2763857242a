namespace FlowGpt.Admin.Contracts.Accounts;

/// <summary>One account's live state. Holds no secret.</summary>
/// <param name="Name">The operator's name for the account.</param>
/// <param name="State">Whether the account can serve: one of <see cref="AccountStates"/>.</param>
/// <param name="AvailableAt">End of a cool-down, if one runs.</param>
/// <param name="LastFailure">The last failure that counted against the account.</param>
/// <param name="TokenExpires">When the token expires; null when the token holds no date.</param>
/// <param name="Weight">Share under the weighted strategy.</param>
/// <param name="Leases">Calls in flight.</param>
/// <param name="MaxConcurrent">Most calls in flight; null when unlimited.</param>
/// <param name="Windows">The account's limits and their use.</param>
public sealed record Account(
    string Name,
    string State,
    DateTimeOffset? AvailableAt,
    string? LastFailure,
    DateTimeOffset? TokenExpires,
    int Weight,
    int Leases,
    int? MaxConcurrent,
    IReadOnlyList<LimitWindow> Windows
)
{
    /// <summary>Where the account was defined: <c>Configuration</c> or <c>Api</c>.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Whether the admin API has changed the account's configuration.</summary>
    public bool Overridden { get; init; }

    /// <summary>The first 32 bits of the token's SHA-256, which distinguish tokens.</summary>
    public string TokenFingerprint { get; init; } = "";

    /// <summary>Why the account cools down; null when it does not.</summary>
    public string? CoolingDownFor { get; init; }

    /// <summary>The latest failures that counted against the account since the pool was last activated, newest first, at most 5.</summary>
    public IReadOnlyList<PastFailure> Failures
    {
        get => field ?? [];
        init;
    } = [];

    /// <summary>The marks against the account, at most 32.</summary>
    public IReadOnlyList<Mark> Marks
    {
        get => field ?? [];
        init;
    } = [];
}

/// <summary>One limit of an account and its present use.</summary>
/// <param name="Name">The limit's name, e.g. <c>requestsPerMinute</c>.</param>
/// <param name="Limit">The most allowed.</param>
/// <param name="Used">What counts against the limit now, reservations included.</param>
/// <param name="FreesIn">Time until some of the limit is free; zero when some is free now. In JSON: seconds.</param>
public sealed record LimitWindow(string Name, long Limit, long Used, TimeSpan FreesIn);

/// <summary>One failure that counted against an account.</summary>
/// <param name="At">When, by the pool's clock.</param>
/// <param name="Reason">The kind of failure.</param>
/// <param name="StatusCode">The upstream's HTTP status; null when there was none.</param>
public sealed record PastFailure(DateTimeOffset At, string Reason, int? StatusCode);

/// <summary>A mark against an account.</summary>
/// <param name="Model">The upstream model that the mark is for; null for the whole account.</param>
/// <param name="Reason">The kind of failure.</param>
/// <param name="StatusCode">The upstream's HTTP status; null when there was none.</param>
/// <param name="Since">When the mark was made.</param>
/// <param name="IsOut">Whether the account gets nothing but probes; else it goes last in the choice.</param>
/// <param name="SecondOpinionBy">The account that served what this one refused; null where the failure needs no comparison.</param>
/// <param name="ProbeAt">When the account is probed next.</param>
public sealed record Mark(
    string? Model,
    string Reason,
    int? StatusCode,
    DateTimeOffset Since,
    bool IsOut,
    string? SecondOpinionBy,
    DateTimeOffset ProbeAt
);
