using System.Collections.Immutable;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>A pool in one line.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Accounts">How many accounts it has.</param>
/// <param name="Ready">How many of them can serve.</param>
/// <param name="Queued">Requests that wait.</param>
/// <param name="Leases">Calls in flight.</param>
/// <param name="BreakerOpen">Whether the upstream is held to be down for all accounts.</param>
/// <param name="Models">The models that are paid from it.</param>
internal sealed record PoolSummary(
    string Name,
    int Accounts,
    int Ready,
    int Queued,
    int Leases,
    bool BreakerOpen,
    ImmutableArray<string> Models
);
