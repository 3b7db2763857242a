namespace FlowGpt.Admin.Contracts.Pools;

/// <summary>All pools.</summary>
/// <param name="Pools">Pools that are targets of models and pools that have accounts, by name.</param>
public sealed record PoolList(IReadOnlyList<PoolSummary> Pools);

/// <summary>A pool in one line.</summary>
/// <param name="Name">The pool's name.</param>
/// <param name="Accounts">How many accounts the pool has.</param>
/// <param name="Ready">How many of them can serve.</param>
/// <param name="Queued">Requests that wait.</param>
/// <param name="Leases">Calls in flight.</param>
/// <param name="BreakerOpen">Whether the breaker is open: the upstream counts as down for all accounts.</param>
/// <param name="Models">The models that have the pool as a target.</param>
public sealed record PoolSummary(
    string Name,
    int Accounts,
    int Ready,
    int Queued,
    int Leases,
    bool BreakerOpen,
    IReadOnlyList<string> Models
);
