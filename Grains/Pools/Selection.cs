namespace FlowGpt.Grains.Pools;

/// <summary>What the pool could do for a request at one instant.</summary>
/// <param name="Outlook">Whether it can be served.</param>
/// <param name="Account">The account that can serve the request, if any.</param>
/// <param name="Why">Why that account.</param>
/// <param name="NeedsStorage">Whether the account's use must be noted in storage first.</param>
/// <param name="FreeAt">From when an account can serve it, as far as the clock decides; null when it does not.</param>
/// <param name="Uncertain">Whether an account may become free before that, because a call ends.</param>
internal readonly record struct Selection(
    Outlook Outlook,
    PoolAccount? Account = null,
    string Why = "",
    bool NeedsStorage = false,
    DateTimeOffset? FreeAt = null,
    bool Uncertain = false
);
