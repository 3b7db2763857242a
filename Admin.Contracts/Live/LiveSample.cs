namespace FlowGpt.Admin.Contracts.Live;

/// <summary>One event of <c>/admin/events</c>: exactly one of the properties is set.</summary>
/// <param name="Sample">The present figures; once a second.</param>
/// <param name="Account">An account's state has changed.</param>
public sealed record LiveEvent(LiveSample? Sample, AccountChanged? Account);

/// <summary>The present figures of all frontends and silos.</summary>
/// <param name="At">When this was read.</param>
/// <param name="Frontends">Frontends that serve clients.</param>
/// <param name="Active">Requests of clients in flight.</param>
/// <param name="Queued">Requests that wait for an account.</param>
/// <param name="RequestsPerSecond">Requests that ended, since the sample before.</param>
/// <param name="FailedPerSecond">Those that failed on this side or upstream.</param>
/// <param name="RefusedPerSecond">Those that were the client's own fault.</param>
/// <param name="InputTokensPerSecond">Tokens of their prompts.</param>
/// <param name="OutputTokensPerSecond">Tokens of their replies.</param>
/// <param name="Errors">Errors of the last minute by code.</param>
/// <param name="DurationSeconds">Of the last minute's latest completed requests.</param>
/// <param name="TimeToFirstTokenSeconds">Of the last minute's latest requests.</param>
/// <param name="Pools">Every pool.</param>
public sealed record LiveSample(
    DateTimeOffset At,
    int Frontends,
    int Active,
    int Queued,
    double RequestsPerSecond,
    double FailedPerSecond,
    double RefusedPerSecond,
    double InputTokensPerSecond,
    double OutputTokensPerSecond,
    IReadOnlyDictionary<string, long> Errors,
    LiveQuantiles DurationSeconds,
    LiveQuantiles TimeToFirstTokenSeconds,
    IReadOnlyList<LivePool> Pools
);

/// <summary>Quantiles; null where nothing was measured.</summary>
/// <param name="P50">The median.</param>
/// <param name="P95">19 of 20 are at most this long.</param>
/// <param name="P99">99 of 100 are at most this long.</param>
public sealed record LiveQuantiles(double? P50, double? P95, double? P99);

/// <summary>A pool in a few figures.</summary>
/// <param name="Name">The pool.</param>
/// <param name="Accounts">How many accounts there are.</param>
/// <param name="Queued">Requests that wait.</param>
/// <param name="Leases">Calls in flight.</param>
/// <param name="BreakerOpen">Whether the breaker is open: the upstream counts as down for all accounts.</param>
/// <param name="States">How many accounts are in each state; states without accounts are left out.</param>
public sealed record LivePool(string Name, int Accounts, int Queued, int Leases, bool BreakerOpen, IReadOnlyDictionary<string, int> States);

/// <summary>An account's state has changed.</summary>
/// <param name="At">When that was seen, a few seconds after the change at most.</param>
/// <param name="Pool">The pool.</param>
/// <param name="Account">The account.</param>
/// <param name="Before">The state before.</param>
/// <param name="State">The state now.</param>
/// <param name="Reason">Why the account cools down or is out; null when it is not.</param>
/// <param name="Until">End of a cool-down, or the next probe; null when neither is due.</param>
public sealed record AccountChanged(
    DateTimeOffset At,
    string Pool,
    string Account,
    string Before,
    string State,
    string? Reason,
    DateTimeOffset? Until
);
