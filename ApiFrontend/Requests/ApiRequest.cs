using System.Diagnostics;
using System.Net;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Turns;
using Microsoft.AspNetCore.Http.Features;

namespace FlowGpt.ApiFrontend.Requests;

/// <summary>
/// What is known about the HTTP request being served. Handlers fill it in; the pipeline reads it for headers, the log line
/// and metrics. One per request, used by one thread at a time.
/// </summary>
internal sealed class ApiRequest
{
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly IPAddress? _peer;
    private readonly string? _forwardedFor;

    public ApiRequest(HttpContext context, string id, TimeProvider time)
    {
        Context = context;
        Id = id;
        _time = time;
        _startedAt = time.GetTimestamp();
        _peer = context.Connection.RemoteIpAddress;
        var forwarded = context.Request.Headers["X-Forwarded-For"];
        _forwardedFor = forwarded.Count > 0 ? string.Join(',', forwarded.ToArray()) : null;
    }

    public HttpContext Context { get; }

    /// <summary>The request's server span, if there is a listener for spans; the span may be not sampled.</summary>
    // Without a listener the framework makes a span all the same, for log lines.
    public Activity? Span => Context.Features.Get<IHttpActivityFeature>()?.Activity is { } span && span.Source.HasListeners() ? span : null;

    /// <summary>The whole <c>X-Forwarded-For</c>, if the connection's other end was a trusted proxy that passed on the client's address; else null.</summary>
    public string? ForwardedFor => _forwardedFor is { } claim && !Equals(_peer, Context.Connection.RemoteIpAddress) ? claim : null;

    /// <summary>The <c>x-request-id</c>.</summary>
    public string Id { get; }

    /// <summary>Since the request's head was read.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_startedAt);

    /// <summary>GenAI operation, e.g. <c>chat</c>; null for requests that get no log line unless they fail.</summary>
    public string? Operation { get; set; }

    /// <summary>Whether the feed of requests counts it among those in flight.</summary>
    public bool IsInFeed { get; set; }

    /// <summary>Whether it is an operator's request rather than a client's.</summary>
    public bool IsAdmin => Operation == "admin";

    /// <summary>Id of the client's key; null until authenticated.</summary>
    public string? KeyId { get; set; }

    /// <summary>A model of the catalog; never a name that only the client knows, so that it may be a metric's tag.</summary>
    public string? Model { get; set; }

    /// <summary>The upstream that serves the model.</summary>
    public string? Provider { get; set; }

    public string? ResponseId { get; set; }

    public bool Streamed { get; set; }

    public ResponseServing? Serving { get; set; }

    public TokenUsage Usage { get; set; }

    /// <summary>From the start of the request to the first text sent or, unstreamed, received.</summary>
    public TimeSpan? TimeToFirstToken { get; set; }

    /// <summary><c>completed</c>, <c>refused</c>, <c>failed</c> or <c>disconnected</c>.</summary>
    public string Outcome { get; set; } = "completed";

    /// <summary>The error's code (or type), whether it went out as a status or inside a stream.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>Why the key was not accepted, if that was the error; see <see cref="ApiError.KeyRefusal"/>.</summary>
    public string? KeyRefusal { get; private set; }

    /// <summary>Writes the body of an error answer in the client's dialect.</summary>
    public ErrorBody ErrorBody { get; set; } = ErrorWriter.WriteObject;

    /// <summary>The same for a client of Anthropic's API whose address no route takes.</summary>
    public ErrorBody AnthropicErrorBody { get; set; } = ErrorWriter.WriteObject;

    /// <summary>Whether responses have the request's id as <c>request-id</c> too, as Anthropic's clients read it.</summary>
    public bool SendsRequestId { get; set; }

    /// <summary>The HTTP status of an upstream without capacity in the client's dialect.</summary>
    public int OverloadedStatus { get; set; } = StatusCodes.Status503ServiceUnavailable;

    /// <summary>Notes the result of one read of the response.</summary>
    /// <param name="responseId">The response that was read.</param>
    /// <param name="serving">Who serves the response; null while unknown.</param>
    /// <param name="slice">What was read; null when reading failed.</param>
    public void Note(string responseId, ResponseServing? serving, ResponseSlice? slice)
    {
        ResponseId = responseId;
        Serving = serving;
        if (slice is null)
        {
            return;
        }

        if (slice.Events.Count > 0)
        {
            TimeToFirstToken ??= Elapsed;
        }

        if (slice.Outcome is { } outcome)
        {
            Usage = outcome.Usage;
        }
    }

    /// <summary>Notes a failure for the log line and the metrics.</summary>
    public void Fail(ApiError error)
    {
        Outcome = error.Status < 500 && error.Status != 429 ? "refused" : "failed";
        ErrorCode = error.Code ?? error.Type;
        KeyRefusal = error.KeyRefusal;
    }

    /// <summary>Answers with an error. The response must not have started.</summary>
    public Task RefuseAsync(ApiError error)
    {
        Fail(error);
        error = error.Code == ApiError.Overloaded ? error with { Status = OverloadedStatus } : error;
        return ErrorWriter.WriteAsync(Context, SendsRequestId ? error with { RequestId = Id } : error, ErrorBody);
    }

    /// <summary>The request's own record. Throws if the pipeline was not installed.</summary>
    public static ApiRequest Of(HttpContext context) => context.Features.GetRequiredFeature<ApiRequest>();
}
