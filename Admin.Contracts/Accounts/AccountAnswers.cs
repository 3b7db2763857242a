namespace FlowGpt.Admin.Contracts.Accounts;

/// <summary>A pool's accounts.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Accounts">Those in force: configured ones first.</param>
/// <param name="Hidden">Added accounts that are not in force, each as <c>name: why</c>.</param>
/// <param name="Total">How many accounts match in all; a page has fewer.</param>
public sealed record AccountList(string Pool, IReadOnlyList<Account> Accounts, IReadOnlyList<string> Hidden, int Total);

/// <summary>Which of a pool's accounts are asked for; a property that is null takes the default.</summary>
public sealed record AccountFilter
{
    /// <summary>A part of the name; upper and lower case are equal.</summary>
    public string? Search { get; init; }

    /// <summary>The only state, in camel case: <c>ready</c>, <c>coolingDown</c>, <c>refused</c> and so on.</summary>
    public string? State { get; init; }

    /// <summary><c>configured</c> (the default), <c>name</c>, <c>state</c>, <c>leases</c>, <c>headroom</c> or <c>expires</c>.</summary>
    public string? Sort { get; init; }

    /// <summary>Whether the order is reversed.</summary>
    public bool Descending { get; init; }

    /// <summary>How many to skip at the start.</summary>
    public int Skip { get; init; }

    /// <summary>Most accounts; 1 to 500.</summary>
    public int Limit { get; init; } = 100;
}

/// <summary>One account as operators see it.</summary>
/// <param name="Pool">The account's pool.</param>
/// <param name="Queued">Requests that wait in the pool.</param>
/// <param name="Account">The account's live state.</param>
public sealed record AccountAnswer(string Pool, int Queued, Account Account);

/// <summary>The answer to a removal.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Account">The account that was removed.</param>
/// <param name="Removed">Always true; an account that does not exist is a 404.</param>
public sealed record AccountRemoved(string Pool, string Account, bool Removed);

/// <summary>The answer to a reset.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Account">The account that may serve again.</param>
/// <param name="Reset">Always true; an account that does not exist is a 404.</param>
public sealed record AccountReset(string Pool, string Account, bool Reset);
