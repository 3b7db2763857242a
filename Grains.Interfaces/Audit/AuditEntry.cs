namespace FlowGpt.Grains.Interfaces.Audit;

/// <summary>One thing that an operator did, or tried to. Holds no secret and nothing of a body.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.AuditEntry")]
public sealed record AuditEntry
{
    /// <summary>Names the entry and its place: day, part of the day and position.</summary>
    [Id(0)]
    public string Id { get; init; } = "";

    /// <summary>When it began, by the frontend's clock.</summary>
    [Id(1)]
    public DateTimeOffset At { get; init; }

    /// <summary>Who: <c>admin</c> and the first 32 bits of the SHA-256 of the key that was presented.</summary>
    [Id(2)]
    public string Who { get; init; } = "";

    /// <summary>The HTTP method.</summary>
    [Id(3)]
    public string Method { get; init; } = "";

    /// <summary>The route's pattern, e.g. <c>/admin/pools/{pool}/accounts/{name}</c>.</summary>
    [Id(4)]
    public string Route { get; init; } = "";

    /// <summary>The path, without its query.</summary>
    [Id(5)]
    public string Target { get; init; } = "";

    /// <summary>Where the request came from: the other end of the connection, or whom the trusted proxies in front name.</summary>
    [Id(6)]
    public string? Address { get; init; }

    /// <summary>The whole <c>X-Forwarded-For</c> that a trusted proxy passed on; what others claim is not kept.</summary>
    [Id(7)]
    public string? ForwardedFor { get; init; }

    /// <summary>The <c>x-request-id</c>.</summary>
    [Id(8)]
    public string RequestId { get; init; } = "";

    /// <summary>The HTTP status it was answered with; null while the action runs, or when its process ended before the action did.</summary>
    [Id(9)]
    public int? Status { get; init; }
}
