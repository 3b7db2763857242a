using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Feed;

/// <summary>Which requests are asked for; null matches all.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.RequestQuery")]
public sealed record RequestQuery
{
    /// <summary>Only requests older than the request at this position; null begins with the newest.</summary>
    [Id(0)]
    public long? Before { get; init; }

    /// <summary>Most requests of the answer.</summary>
    [Id(1)]
    public int Limit { get; init; } = 50;

    /// <summary>The request's id or its response's.</summary>
    [Id(2)]
    public string? Id { get; init; }

    /// <summary>The client's key.</summary>
    [Id(3)]
    public string? KeyId { get; init; }

    /// <summary>The route.</summary>
    [Id(4)]
    public string? Model { get; init; }

    /// <summary>An account that served the request or was tried.</summary>
    [Id(5)]
    public string? Account { get; init; }

    /// <summary>The outcome.</summary>
    [Id(6)]
    public string? Outcome { get; init; }

    /// <summary>The error's code.</summary>
    [Id(7)]
    public string? Error { get; init; }
}

/// <summary>Some of the recent requests.</summary>
/// <param name="Requests">Newest first.</param>
/// <param name="Next">What to give as <see cref="RequestQuery.Before"/> for more; null when there are none.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.RequestPage")]
public sealed record RequestPage([property: Id(0)] ImmutableArray<RequestRecord> Requests, [property: Id(1)] long? Next);
