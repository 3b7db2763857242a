using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Errors;

/// <summary>The only place where a turn's error becomes an HTTP status and an OpenAI error object.</summary>
internal static class TurnErrorMapper
{
    /// <summary>When to come back where no time is known, because an operator must act first.</summary>
    private static readonly TimeSpan UntilOperatorActs = TimeSpan.FromMinutes(1);

    private const string InsufficientQuota = "insufficient_quota";

    /// <summary>Why a response did not complete.</summary>
    public static ApiError Map(ResponseStatus status, ResponseOutcome outcome) =>
        status == ResponseStatus.Cancelled ? GatewayErrors.Cancelled
        : outcome.Error is { } error ? Map(error)
        : GatewayErrors.Internal;

    public static ApiError Map(TurnError error) =>
        error.Kind switch
        {
            TurnErrorKind.InvalidRequest => Caller(400, "invalid_value", error.Param, error),
            TurnErrorKind.ContextLengthExceeded => Caller(400, "context_length_exceeded", error.Param ?? "messages", error),
            TurnErrorKind.ConversationLocked => Caller(400, "conversation_locked", error.Param ?? "conversation", error),
            TurnErrorKind.IdempotencyConflict => Caller(409, "idempotency_conflict", error.Param ?? "Idempotency-Key", error) with
            {
                ShouldRetry = false,
            },
            TurnErrorKind.RefusedByUpstream => Caller(400, "refused_by_upstream", error.Param, error) with { ShouldRetry = false },
            TurnErrorKind.TooManyRefused => Limited(ErrorTypes.Requests, error),
            TurnErrorKind.NotSupportedByModel => Caller(400, "unsupported_parameter", error.Param, error),
            TurnErrorKind.NotLatestResponse => Caller(400, StoredErrors.NotLatest, error.Param, error),
            TurnErrorKind.ResponseNotFound => Caller(400, "previous_response_not_found", error.Param, error),
            TurnErrorKind.ConversationNotFound => Caller(404, "not_found", error.Param, error),
            TurnErrorKind.StorageFull => Caller(403, StoredErrors.Full, error.Param, error) with { ShouldRetry = false },
            TurnErrorKind.ModelNotFound => Caller(404, "model_not_found", error.Param, error),
            TurnErrorKind.NoAccountInTime => new ApiError(429, ErrorTypes.Requests, "rate_limit_exceeded", null, error.Message)
            {
                RetryAfter = error.RetryAfter,
                ShouldRetry = true,
            },
            TurnErrorKind.KeyRequestLimit => Limited(ErrorTypes.Requests, error),
            TurnErrorKind.KeyTokenLimit => Limited(ErrorTypes.Tokens, error),
            TurnErrorKind.KeyRequestTooLarge => Limited(ErrorTypes.Tokens, error) with { ShouldRetry = false },
            TurnErrorKind.KeyQuotaExceeded => new ApiError(429, InsufficientQuota, InsufficientQuota, null, error.Message)
            {
                RetryAfter = error.RetryAfter,
                ShouldRetry = false,
            },
            TurnErrorKind.NoUsableAccount => Server(503, "service_unavailable", error, retry: error.RetryAfter is not null) with
            {
                RetryAfter = error.RetryAfter ?? UntilOperatorActs,
            },
            TurnErrorKind.Overloaded => Server(503, ApiError.Overloaded, error, retry: true),
            TurnErrorKind.UpstreamFailed => Server(502, "upstream_error", error, retry: true),
            TurnErrorKind.UpstreamTimeout => Server(504, "upstream_timeout", error, retry: null),
            TurnErrorKind.Interrupted => Server(503, "interrupted", error, retry: true) with
            {
                RetryAfter = error.RetryAfter ?? GatewayErrors.Interrupted.RetryAfter,
            },
            _ => GatewayErrors.Internal,
        };

    private static ApiError Limited(string type, TurnError error) =>
        new(429, type, "rate_limit_exceeded", error.Param, error.Message) { RetryAfter = error.RetryAfter, ShouldRetry = true };

    private static ApiError Caller(int status, string code, string? param, TurnError error) =>
        new(status, ErrorTypes.InvalidRequest, code, param, error.Message);

    private static ApiError Server(int status, string code, TurnError error, bool? retry) =>
        new(status, ErrorTypes.Server, code, error.Param, error.Message) { RetryAfter = error.RetryAfter, ShouldRetry = retry };
}
