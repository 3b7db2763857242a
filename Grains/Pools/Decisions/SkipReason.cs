namespace FlowGpt.Grains.Pools.Decisions;

/// <summary>Why an account could not serve a request.</summary>
internal enum SkipReason : byte
{
    /// <summary>It could.</summary>
    None = 0,
    Disabled,
    Expired,
    Refused,

    /// <summary>Its stored token cannot be read.</summary>
    Sealed,

    /// <summary>The request has failed on it before.</summary>
    Excluded,

    /// <summary>The request needs more tokens than its limit ever allows.</summary>
    TooLarge,

    /// <summary>Its provider limited its rate a short time ago (429).</summary>
    CoolingDown,
    Concurrency,
    RequestsPerMinute,
    RequestsPerHour,
    RequestsPerDay,
    TokensPerMinute,
    TokensPerDay,

    /// <summary>Its next use must first be noted in storage.</summary>
    Storage,

    /// <summary>The pool is still learning which leases were held before it moved.</summary>
    Recovering,

    /// <summary>It is kept for a request that has waited long.</summary>
    Earmarked,

    /// <summary>It refused what others served, and waits for its next probe.</summary>
    Marked,

    /// <summary>Its provider reported that nothing, or too little, is left until a reset.</summary>
    ProviderLimit,

    /// <summary>Calls on it failed a short time ago as a service fails; no limit is reached.</summary>
    Failing,

    /// <summary>What it has used in the pool that it comes from is not known yet.</summary>
    Arriving,
}
