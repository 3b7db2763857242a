using FlowGpt.Admin.Contracts.Pools;

namespace FlowGpt.Admin.Contracts.Live;

/// <summary>Some of the latest requests of clients. At most 2,000 are remembered, and those of a second beyond the first 100 of a frontend are only counted.</summary>
/// <param name="Requests">Newest first.</param>
/// <param name="Next">What to give as <c>before</c> for more; null when there are none.</param>
public sealed record RequestList(IReadOnlyList<RequestEntry> Requests, string? Next);

/// <summary>A request of a client that ended. Never any text.</summary>
/// <param name="Id">The <c>x-request-id</c>.</param>
/// <param name="At">When the request ended.</param>
/// <param name="Operation">What was asked for, e.g. <c>chat</c>.</param>
/// <param name="KeyId">The client's key; null when it was refused.</param>
/// <param name="Model">The route; null when none was found.</param>
/// <param name="Account">The account that served the request; null when none did.</param>
/// <param name="ResponseId">The response; null when none was begun.</param>
/// <param name="Streamed">Whether the response was streamed.</param>
/// <param name="Status">The HTTP status of the answer.</param>
/// <param name="Outcome"><c>completed</c>, <c>refused</c>, <c>failed</c> or <c>disconnected</c>.</param>
/// <param name="Error">The error's code; null when nothing failed.</param>
/// <param name="InputTokens">Tokens of the prompt.</param>
/// <param name="OutputTokens">Tokens of the reply.</param>
/// <param name="CachedInputTokens">Tokens of the prompt that were not sent again.</param>
/// <param name="Attempts">Accounts tried.</param>
/// <param name="QueuedFor">Time spent waiting for an account. In JSON: seconds.</param>
/// <param name="TimeToFirstToken">From the request to the first text; null when there was none. In JSON: seconds.</param>
/// <param name="Duration">From the request to the end of its answer. In JSON: seconds.</param>
public sealed record RequestEntry(
    string Id,
    DateTimeOffset At,
    string Operation,
    string? KeyId,
    string? Model,
    string? Account,
    string? ResponseId,
    bool Streamed,
    int Status,
    string Outcome,
    string? Error,
    long InputTokens,
    long OutputTokens,
    long CachedInputTokens,
    int Attempts,
    TimeSpan QueuedFor,
    TimeSpan? TimeToFirstToken,
    TimeSpan Duration
);

/// <summary>One request with what was decided for it.</summary>
/// <param name="Request">The request.</param>
/// <param name="Accounts">The account of each attempt, in order.</param>
/// <param name="Decisions">Which account each pool chose and why, oldest first; pools keep their latest 200 decisions.</param>
public sealed record RequestDetails(RequestEntry Request, IReadOnlyList<string> Accounts, IReadOnlyList<RequestDecision> Decisions);

/// <summary>A pool's decision for a request.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Decision">What was decided.</param>
public sealed record RequestDecision(string Pool, Decision Decision);

/// <summary>Which requests are asked for; a property that is null matches all.</summary>
public sealed record RequestFilter
{
    /// <summary><see cref="RequestList.Next"/> of the page before; null begins with the newest.</summary>
    public string? Before { get; init; }

    /// <summary>Most requests; 1 to 200.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>The client's key.</summary>
    public string? KeyId { get; init; }

    /// <summary>The route.</summary>
    public string? Model { get; init; }

    /// <summary>An account that served the request or was tried.</summary>
    public string? Account { get; init; }

    /// <summary>The outcome.</summary>
    public string? Outcome { get; init; }

    /// <summary>The error's code.</summary>
    public string? Error { get; init; }
}
