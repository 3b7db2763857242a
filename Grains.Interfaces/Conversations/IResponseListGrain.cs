using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Conversations;

/// <summary>
/// Lists the kept responses of one client that asked for that, in the order in which they were accepted. Key: the client key's id. An entry is written before its response
/// begins, so the list may name responses that failed or are gone, and never misses one that completed.
/// </summary>
[Alias("flowgpt.IResponseListGrain")]
public interface IResponseListGrain : IGrainWithStringKey
{
    /// <summary>Adds a response at the end. Idempotent for the latest responses. Durable when this returns.</summary>
    [Alias("add")]
    ValueTask Add(ListedResponse response);

    /// <summary>Replaces the metadata of a response; nothing happens when the response is not listed.</summary>
    /// <param name="responseId">The response.</param>
    /// <param name="metadata">One JSON object.</param>
    [Alias("change")]
    ValueTask Change(string responseId, string metadata);

    /// <summary>Removes a response. Idempotent.</summary>
    [Alias("remove")]
    ValueTask Remove(string responseId);

    /// <summary>Some of the responses.</summary>
    [Alias("list")]
    ValueTask<ListedPage> List(ListQuery query);
}

/// <summary>A kept response in a list.</summary>
/// <param name="ResponseId">The response.</param>
/// <param name="Route">The route that it was asked of.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="Metadata">The client's notes: one JSON object of texts.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ListedResponse")]
public sealed record ListedResponse(
    [property: Id(0)] string ResponseId,
    [property: Id(1)] string Route,
    [property: Id(2)] DateTimeOffset CreatedAt,
    [property: Id(3)] string Metadata
)
{
    /// <summary>Which response, never what the client noted.</summary>
    public override string ToString() => ResponseId;
}

/// <summary>Which listed responses a client wants to see.</summary>
/// <param name="Limit">Most responses.</param>
/// <param name="IsAscending">Whether the oldest come first.</param>
/// <param name="After">The response after which the page begins; null for the first page.</param>
/// <param name="Route">The route that the responses were asked of; null for any.</param>
/// <param name="Metadata">Notes that the responses must have, each with exactly this value.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ListQuery")]
public sealed record ListQuery(
    [property: Id(0)] int Limit,
    [property: Id(1)] bool IsAscending,
    [property: Id(2)] string? After,
    [property: Id(3)] string? Route,
    [property: Id(4)] ImmutableDictionary<string, string> Metadata
)
{
    /// <summary>How many, never what the client looks for.</summary>
    public override string ToString() => $"at most {Limit}";
}

/// <summary>Some of the listed responses.</summary>
/// <param name="Responses">The responses.</param>
/// <param name="HasMore">Whether there are more after them.</param>
/// <param name="IsAfterUnknown">Whether the response is not listed after which the page was to begin.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ListedPage")]
public sealed record ListedPage(
    [property: Id(0)] ImmutableArray<ListedResponse> Responses,
    [property: Id(1)] bool HasMore,
    [property: Id(2)] bool IsAfterUnknown = false
);
