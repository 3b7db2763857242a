using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Admin.Contracts.Pools;

/// <summary><c>/admin/pools</c>. Thread-safe.</summary>
public sealed class PoolsClient
{
    private readonly AdminTransport _transport;

    internal PoolsClient(AdminTransport transport) => _transport = transport;

    /// <summary>All pools in one line each.</summary>
    public Task<PoolList> ListAsync(CancellationToken cancellationToken = default) =>
        _transport.GetAsync("admin/pools", AdminJson.Default.PoolList, cancellationToken);

    /// <summary>One pool with all of its accounts.</summary>
    public Task<Pool> GetAsync(string pool, CancellationToken cancellationToken = default) =>
        _transport.GetAsync($"admin/pools/{AdminPath.Part(pool)}", AdminJson.Default.Pool, cancellationToken);

    /// <summary>The latest decisions, newest first.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="limit">The most decisions; 1 to 200.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public Task<DecisionList> DecisionsAsync(string pool, int limit = 50, CancellationToken cancellationToken = default) =>
        _transport.GetAsync(
            $"admin/pools/{AdminPath.Part(pool)}/decisions{new AdminQuery().Add("limit", limit)}",
            AdminJson.Default.DecisionList,
            cancellationToken
        );
}
