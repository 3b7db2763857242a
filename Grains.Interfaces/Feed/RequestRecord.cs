namespace FlowGpt.Grains.Interfaces.Feed;

/// <summary>One request of a client that ended. Holds no text, no secret and no header.</summary>
[GenerateSerializer, Immutable, Alias("flowgpt.RequestRecord")]
public sealed record RequestRecord
{
    /// <summary>The <c>x-request-id</c>.</summary>
    [Id(0)]
    public string Id { get; init; } = "";

    /// <summary>When the request ended, by the frontend's clock.</summary>
    [Id(1)]
    public DateTimeOffset At { get; init; }

    /// <summary>What was asked for, e.g. <c>chat</c>.</summary>
    [Id(2)]
    public string Operation { get; init; } = "";

    /// <summary>The client's key; null when it was refused.</summary>
    [Id(3)]
    public string? KeyId { get; init; }

    /// <summary>The route; null when none was found.</summary>
    [Id(4)]
    public string? Model { get; init; }

    /// <summary>The account that served the request; null when none did.</summary>
    [Id(5)]
    public string? Account { get; init; }

    /// <summary>The response; null when none was begun.</summary>
    [Id(6)]
    public string? ResponseId { get; init; }

    /// <summary>Whether the response was streamed.</summary>
    [Id(7)]
    public bool Streamed { get; init; }

    /// <summary>The HTTP status of the answer.</summary>
    [Id(8)]
    public int Status { get; init; }

    /// <summary><c>completed</c>, <c>refused</c>, <c>failed</c> or <c>disconnected</c>.</summary>
    [Id(9)]
    public string Outcome { get; init; } = "";

    /// <summary>The error's code; null when nothing failed.</summary>
    [Id(10)]
    public string? Error { get; init; }

    /// <summary>Tokens of the prompt.</summary>
    [Id(11)]
    public long InputTokens { get; init; }

    /// <summary>Tokens of the reply.</summary>
    [Id(12)]
    public long OutputTokens { get; init; }

    /// <summary>Tokens of the prompt that were not sent again.</summary>
    [Id(13)]
    public long CachedInputTokens { get; init; }

    /// <summary>Accounts tried.</summary>
    [Id(14)]
    public int Attempts { get; init; }

    /// <summary>The account of each attempt before the last; null when there was none.</summary>
    [Id(15)]
    public string[]? EarlierAccounts { get; init; }

    /// <summary>Time spent waiting for an account.</summary>
    [Id(16)]
    public TimeSpan QueuedFor { get; init; }

    /// <summary>From the request to the first text; null when there was none.</summary>
    [Id(17)]
    public TimeSpan? TimeToFirstToken { get; init; }

    /// <summary>From the request to the end of its answer.</summary>
    [Id(18)]
    public TimeSpan Duration { get; init; }
}
