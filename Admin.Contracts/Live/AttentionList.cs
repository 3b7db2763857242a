namespace FlowGpt.Admin.Contracts.Live;

/// <summary>What an operator should look at now.</summary>
/// <param name="At">When this was put together, a few seconds ago at most.</param>
/// <param name="Items">Problems first, then warnings; at most 300.</param>
public sealed record AttentionList(DateTimeOffset At, IReadOnlyList<AttentionItem> Items);

/// <summary>One thing to look at. Which properties are set depends on the kind.</summary>
public sealed record AttentionItem
{
    /// <summary>One of <see cref="AttentionKinds"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Whether something fails now; otherwise something may fail soon.</summary>
    public bool IsProblem { get; init; }

    /// <summary>The pool.</summary>
    public string? Pool { get; init; }

    /// <summary>The account.</summary>
    public string? Account { get; init; }

    /// <summary>The client key's id.</summary>
    public string? KeyId { get; init; }

    /// <summary>The client key's name.</summary>
    public string? KeyName { get; init; }

    /// <summary>The silo's name; for the accounts file, the names of all silos that say the same, separated by commas.</summary>
    public string? Silo { get; init; }

    /// <summary>The limit's name, for a budget that is nearly used up.</summary>
    public string? Limit { get; init; }

    /// <summary>What is used of the limit.</summary>
    public long? Used { get; init; }

    /// <summary>The most allowed.</summary>
    public long? Most { get; init; }

    /// <summary>The kind of failure; for a provider that cannot be asked for its models, what the provider answered; for the accounts file, what is wrong and on which line.</summary>
    public string? Reason { get; init; }

    /// <summary>What to do, as a sentence; null where the kind already says what to do.</summary>
    public string? Advice { get; init; }

    /// <summary>The account that served what this one refused.</summary>
    public string? SecondOpinionBy { get; init; }

    /// <summary>When the state ends; for an expiring account, when it begins.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>The values of <see cref="AttentionItem.Kind"/>. A newer gateway may have further values.</summary>
public static class AttentionKinds
{
    /// <summary>A pool's breaker is open: its upstream as a whole fails.</summary>
    public const string BreakerOpen = "breaker-open";

    /// <summary>A pool has accounts, and none can serve.</summary>
    public const string PoolEmpty = "pool-empty";

    /// <summary>The provider of a pool with discovery cannot be asked for its models: a wrong key or address.</summary>
    public const string DiscoveryFailed = "discovery-failed";

    /// <summary>The accounts file as it is now is not in force: it cannot be read, or something is wrong with it as a whole. <see cref="AttentionItem.Reason"/> names field and line.</summary>
    public const string AccountsFileRefused = "accounts-file-refused";

    /// <summary>An account of the accounts file is not in force. <see cref="AttentionItem.Reason"/> names field and line.</summary>
    public const string AccountLeftOut = "account-left-out";

    /// <summary>An account's stored token cannot be read.</summary>
    public const string AccountSealed = "account-sealed";

    /// <summary>An account's token has expired.</summary>
    public const string AccountExpired = "account-expired";

    /// <summary>An account's token expires within a week.</summary>
    public const string AccountExpires = "account-expires";

    /// <summary>The upstream refuses an account.</summary>
    public const string AccountRefused = "account-refused";

    /// <summary>An account cools down.</summary>
    public const string AccountCooling = "account-cooling";

    /// <summary>An account that still serves has a mark.</summary>
    public const string AccountBlamed = "account-blamed";

    /// <summary>An account is draining.</summary>
    public const string AccountDraining = "account-draining";

    /// <summary>A client key that was used recently has used nine tenths of a budget.</summary>
    public const string KeyBudget = "key-budget";

    /// <summary>A silo takes no new turns.</summary>
    public const string SiloDraining = "silo-draining";

    /// <summary>A silo does not answer.</summary>
    public const string SiloSilent = "silo-silent";
}
