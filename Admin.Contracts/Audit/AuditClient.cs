using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Admin.Contracts.Audit;

/// <summary><c>/admin/audit</c>. Thread-safe.</summary>
public sealed class AuditClient
{
    private readonly AdminTransport _transport;

    internal AuditClient(AdminTransport transport) => _transport = transport;

    /// <summary>A page of operators' actions, newest first.</summary>
    /// <param name="before"><see cref="AuditPage.Next"/> of the page before; null for the newest.</param>
    /// <param name="limit">The most entries; 1 to 500.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public Task<AuditPage> ListAsync(string? before = null, int limit = 50, CancellationToken cancellationToken = default) =>
        _transport.GetAsync(
            $"admin/audit{new AdminQuery().Add("before", before).Add("limit", limit)}",
            AdminJson.Default.AuditPage,
            cancellationToken
        );

    /// <summary>A page of the entries that match, newest first.</summary>
    public Task<AuditPage> ListAsync(AuditFilter filter, CancellationToken cancellationToken = default) =>
        _transport.GetAsync(
            "admin/audit"
                + new AdminQuery()
                    .Add("before", filter.Before)
                    .Add("limit", filter.Limit)
                    .Add("who", filter.Who)
                    .Add("path", filter.Path)
                    .Add("request_id", filter.RequestId),
            AdminJson.Default.AuditPage,
            cancellationToken
        );
}

/// <summary>Which entries of the audit log are asked for; a property that is null matches all.</summary>
public sealed record AuditFilter
{
    /// <summary><see cref="AuditPage.Next"/> of the page before; null for the newest.</summary>
    public string? Before { get; init; }

    /// <summary>The most entries; 1 to 500.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>A part of the actor's name; upper and lower case are equal.</summary>
    public string? Who { get; init; }

    /// <summary>A part of the path; upper and lower case are equal.</summary>
    public string? Path { get; init; }

    /// <summary>The request's id.</summary>
    public string? RequestId { get; init; }
}
