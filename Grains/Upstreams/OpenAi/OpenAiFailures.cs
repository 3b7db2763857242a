using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>
/// Says what a failed answer means. Reading is not blaming: a refusal that may lie in the account or in the request is <see cref="FailureReason.Refused"/>, and the
/// pool finds out by comparing. Messages are our own words. Pure.
/// </summary>
internal static class OpenAiFailures
{
    private static readonly string[] TooLongPhrases =
    [
        "maximum context length",
        "context length exceeded",
        "exceeds the context",
        "exceed the context",
        "exceeds the available context",
        "context window",
        "prompt is too long",
    ];

    /// <summary>Codes of servers that name the content as the reason: no other account need be asked.</summary>
    private static readonly string[] FilterCodes =
    [
        "content_filter",
        "content_policy_violation",
        "moderation_blocked",
        "data_inspection_failed",
    ];

    /// <summary>An answer whose status says that no reply will come.</summary>
    public static UpstreamFailure FromStatus(int status, ServerError error, TimeSpan? retryAfter)
    {
        UpstreamFailure Failure(FailureClass @class, FailureReason reason, string message, string? param = null) =>
            new(@class, reason, status, retryAfter, message, param);
        if (status is >= 400 and < 500 && OfRequest(status, error) is { } ofRequest)
        {
            return ofRequest;
        }

        if (status == 402 || IsQuota(error))
        {
            return Failure(FailureClass.Credential, FailureReason.QuotaExceeded, "The account's credit with the upstream is used up.");
        }

        return status switch
        {
            401 => Unauthorized(status, retryAfter),
            _ when status is 400 or 403 && IsBadKey(error) => Unauthorized(status, retryAfter),
            429 => Failure(FailureClass.Credential, FailureReason.RateLimited, "The upstream limits the account's requests."),
            408 => Failure(FailureClass.Upstream, FailureReason.FirstByteTimeout, "The upstream did not wait for the request."),
            503 or 529 => Failure(FailureClass.Upstream, FailureReason.Overloaded, $"The upstream has no capacity (status {status})."),
            >= 500 => Failure(FailureClass.Upstream, FailureReason.ServerError, $"The upstream failed with status {status}."),
            >= 400 => Failure(FailureClass.Caller, FailureReason.Refused, $"The upstream refused the request with status {status}."),
            >= 300 => Failure(
                FailureClass.Upstream,
                FailureReason.InvalidBody,
                "The upstream leads to another address, which is never followed."
            ),
            _ => UpstreamFailures.InvalidBody(status),
        };
    }

    /// <summary>An error that came in place of a reply, or inside a reply.</summary>
    public static UpstreamFailure InsideReply(int httpStatus, ServerError error)
    {
        if ((error.Status ?? StatusOf(error)) is { } status)
        {
            return FromStatus(status, error, retryAfter: null);
        }

        return new(FailureClass.Upstream, FailureReason.ServerError, httpStatus, null, "The upstream reported an error inside its answer.");
    }

    /// <summary>The server's API is one level below the pool's base address.</summary>
    public static UpstreamFailure WithoutVersion(Uri models) =>
        new(
            FailureClass.Upstream,
            FailureReason.InvalidBody,
            404,
            null,
            $"The server has no list of models there (status 404), but it has one at {models}: add /v1 to the pool's baseUrl."
        );

    /// <summary>The reply ended before the provider said that it was whole.</summary>
    public static UpstreamFailure Unfinished(int httpStatus) =>
        new(FailureClass.Upstream, FailureReason.ConnectionReset, httpStatus, null, "The upstream's answer ended before it was whole.");

    /// <summary>A request that cannot be put into this provider's form; nothing was sent.</summary>
    public static UpstreamException Unsendable(string param, string message) =>
        new(new(FailureClass.Caller, FailureReason.InvalidParameter, null, null, message, param)) { MayHaveBeenSent = false };

    private static UpstreamFailure? OfRequest(int status, ServerError error)
    {
        UpstreamFailure Failure(FailureReason reason, string message, string? param = null) =>
            new(FailureClass.Caller, reason, status, null, message, param);
        if (
            error.Is("context_length_exceeded")
            || error.Is("exceed_context_size_error")
            || (status is 400 or 413 or 422 && TooLongPhrases.Any(error.Says))
        )
        {
            return Failure(FailureReason.ContextTooLong, "The context is longer than the model takes; shorten the messages.");
        }

        if (
            error.Is("model_not_found")
            || (status == 404 && (error.Param == "model" || (error.Says("model") && (error.Says("not exist") || error.Says("not found")))))
        )
        {
            return Failure(FailureReason.ModelMissing, "The upstream does not know the model.", "model");
        }

        if (status == 413)
        {
            return UpstreamFailures.TooLarge();
        }

        if (status == 429 && error.Says("too large"))
        {
            return Failure(FailureReason.RequestTooLarge, "The request is larger than the upstream takes; shorten the messages.");
        }

        if (FilterCodes.Any(error.Is))
        {
            return Failure(FailureReason.InvalidParameter, "The content filter of the upstream refused what the request holds.");
        }

        if (status is not (400 or 422) || IsBadKey(error) || IsQuota(error))
        {
            return null;
        }

        return error.IsOfRequest
                ? Failure(
                    error.Param is null ? FailureReason.BadRequest : FailureReason.InvalidParameter,
                    UpstreamFailures.RefusedRequest(error.Message),
                    error.Param is { } place ? UpstreamFailures.FieldOf(place) : null
                )
            : error is { Type: "invalid_request_error", Param: { } param }
                ? Failure(FailureReason.InvalidParameter, UpstreamFailures.WrongField(param), UpstreamFailures.FieldOf(param))
            : error.Type == "invalid_request_error" && MaximumIn(error) is { } maximum
                ? Failure(FailureReason.InvalidParameter, UpstreamFailures.WrongField(maximum), maximum)
            : null;
    }

    private static UpstreamFailure Unauthorized(int status, TimeSpan? retryAfter) =>
        new(FailureClass.Credential, FailureReason.Unauthorized, status, retryAfter, "The upstream refused the account's key.");

    /// <summary>The output limit that a server's words name.</summary>
    private static string? MaximumIn(ServerError error) =>
        error.Says("max_completion_tokens") ? "max_completion_tokens"
        : error.Says("max_tokens") ? "max_tokens"
        : null;

    private static bool IsQuota(ServerError error) =>
        error.Is("insufficient_quota") || error.Is("billing_hard_limit_reached") || error.Is("billing_not_active");

    private static bool IsBadKey(ServerError error) =>
        error.Is("invalid_api_key") || error.Is("account_deactivated") || error.Says("API key not valid") || error.Says("API key expired");

    // Servers name the failure by type or code where they cannot send a status any more.
    private static int? StatusOf(ServerError error) =>
        error.Is("rate_limit_exceeded") || error.Is("rate_limit_error") || error.Is("insufficient_quota") || error.Is("RESOURCE_EXHAUSTED")
            ? 429
        : error.Is("overloaded_error") || error.Is("overloaded") || error.Is("UNAVAILABLE") ? 503
        : error.Is("authentication_error") || error.Is("invalid_api_key") ? 401
        : error.Is("context_length_exceeded") || error.Is("model_not_found") || error.Is("invalid_request_error") ? 400
        : null;
}
