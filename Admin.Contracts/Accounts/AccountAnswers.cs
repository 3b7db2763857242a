namespace FlowGpt.Admin.Contracts.Accounts;

/// <summary>A pool's accounts.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Accounts">Those in force: configured ones first.</param>
/// <param name="Hidden">Added accounts that are not in force, each as <c>name: why</c>.</param>
public sealed record AccountList(string Pool, IReadOnlyList<Account> Accounts, IReadOnlyList<string> Hidden);

/// <summary>One account as operators see it.</summary>
/// <param name="Pool">The account's pool.</param>
/// <param name="Queued">Requests that wait in the pool.</param>
/// <param name="Account">The account's live state.</param>
public sealed record AccountAnswer(string Pool, int Queued, Account Account);

/// <summary>The answer to a removal.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Account">The account that is gone.</param>
/// <param name="Removed">Always true; an account that does not exist is a 404.</param>
public sealed record AccountRemoved(string Pool, string Account, bool Removed);

/// <summary>The answer to a reset.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Account">The account that may serve again.</param>
/// <param name="Reset">Always true; an account that does not exist is a 404.</param>
public sealed record AccountReset(string Pool, string Account, bool Reset);
