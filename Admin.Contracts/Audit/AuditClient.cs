using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Admin.Contracts.Audit;

/// <summary><c>/admin/audit</c>. Thread-safe.</summary>
public sealed class AuditClient
{
    private readonly AdminTransport _transport;

    internal AuditClient(AdminTransport transport) => _transport = transport;

    /// <summary>A page of what operators did, newest first.</summary>
    /// <param name="before"><see cref="AuditPage.Next"/> of the page before; null for the newest.</param>
    /// <param name="limit">The most entries; 1 to 500.</param>
    /// <param name="cancellationToken">Gives up waiting for the answer.</param>
    public Task<AuditPage> ListAsync(string? before = null, int limit = 50, CancellationToken cancellationToken = default) =>
        _transport.GetAsync(
            $"admin/audit{new AdminQuery().Add("before", before).Add("limit", limit)}",
            AdminJson.Default.AuditPage,
            cancellationToken
        );
}
