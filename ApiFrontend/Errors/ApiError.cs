namespace FlowGpt.ApiFrontend.Errors;

/// <summary>A failure as a client sees it: the HTTP status and the fields of OpenAI's error object.</summary>
/// <param name="Status">HTTP status, used when nothing has been sent yet.</param>
/// <param name="Type">OpenAI's error type, e.g. <c>invalid_request_error</c>.</param>
/// <param name="Code">A stable code to branch on; null only where OpenAI has none.</param>
/// <param name="Param">The request field as a JSON path, or the header.</param>
/// <param name="Message">Plain English. Holds no secret, no upstream text and no more of the request than the value that is wrong.</param>
public sealed record ApiError(int Status, string Type, string? Code, string? Param, string Message)
{
    /// <summary>The code of an upstream without capacity.</summary>
    public const string Overloaded = "overloaded";

    /// <summary>When to come back; gives the retry headers.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Why a key was not accepted, more exactly than the client is told; for metrics alone. Null for other errors.</summary>
    public string? KeyRefusal { get; init; }

    /// <summary>The id of the request that failed, for dialects whose errors have it; set when the error is answered.</summary>
    public string? RequestId { get; init; }

    /// <summary>What <c>x-should-retry</c> says; null leaves it to the SDK's own rules.</summary>
    public bool? ShouldRetry { get; init; }

    /// <summary>The same error about a field of another name: dialects name alike things differently.</summary>
    public ApiError Renamed(string param) =>
        this with
        {
            Param = param,
            Message = Message.Replace($"'{Param}'", $"'{param}'", StringComparison.Ordinal),
        };
}
