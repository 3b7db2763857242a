using FlowGpt.Admin.Contracts.Accounts;

namespace FlowGpt.Admin.Contracts.Pools;

/// <summary>A pool's live state.</summary>
/// <param name="Name">The pool.</param>
/// <param name="At">When this was read, by the pool's clock.</param>
/// <param name="Strategy">How accounts are chosen.</param>
/// <param name="BreakerOpen">Whether the breaker is open: the upstream counts as down for all accounts.</param>
/// <param name="Queued">Requests that wait.</param>
/// <param name="Accounts">Every account, in configured order.</param>
/// <param name="Hidden">Added accounts that are not in force, each as <c>name: why</c>.</param>
public sealed record Pool(
    string Name,
    DateTimeOffset At,
    string Strategy,
    bool BreakerOpen,
    int Queued,
    IReadOnlyList<Account> Accounts,
    IReadOnlyList<string> Hidden
);
