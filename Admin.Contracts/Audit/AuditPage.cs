namespace FlowGpt.Admin.Contracts.Audit;

/// <summary>A page of the audit log.</summary>
/// <param name="Entries">Newest first.</param>
/// <param name="Next">What to give as <c>before</c> for the next page; null when there may be no more. With a filter, a page may have few entries, or none, although further pages follow.</param>
public sealed record AuditPage(IReadOnlyList<AuditRecord> Entries, string? Next);

/// <summary>One action of an operator, successful or not. Holds no secret and nothing of a body.</summary>
/// <param name="Id">Names the entry and its place: day, part of the day and position.</param>
/// <param name="At">When the action began, by the frontend's clock.</param>
/// <param name="Who">The person, or <c>admin</c> and the fingerprint of the key that was presented.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Route">The route's pattern, e.g. <c>/admin/pools/{pool}/accounts/{name}</c>.</param>
/// <param name="Target">The path, without its query.</param>
/// <param name="Address">Where the request came from: the other end of the connection, or the address that the trusted proxies in front name.</param>
/// <param name="ForwardedFor">The whole <c>X-Forwarded-For</c> that a trusted proxy passed on.</param>
/// <param name="RequestId">The <c>x-request-id</c>.</param>
/// <param name="Status">The HTTP status of the answer; null while the request runs, or if the process ended before the answer.</param>
public sealed record AuditRecord(
    string Id,
    DateTimeOffset At,
    string Who,
    string Method,
    string Route,
    string Target,
    string? Address,
    string? ForwardedFor,
    string RequestId,
    int? Status
);
