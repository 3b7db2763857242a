using FlowGpt.Grains.Interfaces.Upstreams;

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

    /// <summary>An answer whose status says that no reply will come.</summary>
    public static UpstreamFailure FromStatus(int status, OpenAiError error, TimeSpan? retryAfter)
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

    /// <summary>An error that came in the place of a reply, or inside one.</summary>
    public static UpstreamFailure InsideReply(int httpStatus, OpenAiError error)
    {
        if ((error.Status ?? StatusOf(error)) is { } status)
        {
            return FromStatus(status, error, retryAfter: null);
        }

        return new(FailureClass.Upstream, FailureReason.ServerError, httpStatus, null, "The upstream reported an error inside its answer.");
    }

    /// <summary>The reply ended before the provider said that it was whole.</summary>
    public static UpstreamFailure Unfinished(int httpStatus) =>
        new(FailureClass.Upstream, FailureReason.ConnectionReset, httpStatus, null, "The upstream's answer ended before it was whole.");

    /// <summary>A request that cannot be put into this provider's form; nothing was sent.</summary>
    public static UpstreamException Unsendable(string param, string message) =>
        new(new(FailureClass.Caller, FailureReason.InvalidParameter, null, null, message, param)) { MayHaveBeenSent = false };

    private static UpstreamFailure? OfRequest(int status, OpenAiError error)
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

        if (error.Is("model_not_found") || (status == 404 && error.Param == "model"))
        {
            return Failure(FailureReason.ModelMissing, "The upstream does not know the model.", "model");
        }

        if (status == 413 || (status == 429 && error.Says("too large")))
        {
            return Failure(FailureReason.RequestTooLarge, "The request is larger than the upstream takes; shorten the messages.");
        }

        return status is 400 or 422 && error is { Type: "invalid_request_error", Param: { } param } && !IsBadKey(error)
            ? Failure(FailureReason.InvalidParameter, UpstreamFailures.WrongField(param), UpstreamFailures.FieldOf(param))
            : null;
    }

    private static UpstreamFailure Unauthorized(int status, TimeSpan? retryAfter) =>
        new(FailureClass.Credential, FailureReason.Unauthorized, status, retryAfter, "The upstream refused the account's key.");

    private static bool IsQuota(OpenAiError error) =>
        error.Is("insufficient_quota") || error.Is("billing_hard_limit_reached") || error.Is("billing_not_active");

    private static bool IsBadKey(OpenAiError error) =>
        error.Is("invalid_api_key") || error.Is("account_deactivated") || error.Says("API key not valid") || error.Says("API key expired");

    // Servers name the failure by type or code where they cannot send a status any more.
    private static int? StatusOf(OpenAiError error) =>
        error.Is("rate_limit_exceeded") || error.Is("rate_limit_error") || error.Is("insufficient_quota") || error.Is("RESOURCE_EXHAUSTED")
            ? 429
        : error.Is("overloaded_error") || error.Is("overloaded") || error.Is("UNAVAILABLE") ? 503
        : error.Is("authentication_error") || error.Is("invalid_api_key") ? 401
        : error.Is("context_length_exceeded") || error.Is("model_not_found") || error.Is("invalid_request_error") ? 400
        : null;
}
