using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams.Anthropic;

/// <summary>
/// Says what a failed answer means. Reading is not blaming: a refusal that may lie in the account or in the request is <see cref="FailureReason.Refused"/>, and the
/// pool finds out by comparing. Messages are our own words. Pure.
/// </summary>
internal static class AnthropicFailures
{
    /// <summary>An answer whose status says that no reply will come.</summary>
    public static UpstreamFailure FromStatus(int status, AnthropicError error, TimeSpan? retryAfter)
    {
        UpstreamFailure Failure(FailureClass @class, FailureReason reason, string message, string? param = null) =>
            new(@class, reason, status, retryAfter, message, param);
        return status switch
        {
            401 => Failure(FailureClass.Credential, FailureReason.Unauthorized, "The upstream refused the account's key."),
            402 => Quota(),
            // The provider reports this with the status of a bad request.
            >= 400 and < 500 when error.Type == "billing_error" || error.Says("credit balance is too low") => Quota(),
            429 => Failure(FailureClass.Credential, FailureReason.RateLimited, "The upstream limits the account's requests."),
            413 => UpstreamFailures.TooLarge(),
            400 when error.Says("prompt is too long") || error.Says("exceed context limit") => Failure(
                FailureClass.Caller,
                FailureReason.ContextTooLong,
                "The context is longer than the model takes; shorten the messages."
            ),
            404 when error.Param == "model" => Failure(
                FailureClass.Caller,
                FailureReason.ModelMissing,
                "The upstream does not know the model.",
                "model"
            ),
            // A thought that another account or provider signed.
            400 when error.Says("signature") => Failure(
                FailureClass.Caller,
                FailureReason.Gone,
                "The upstream does not accept the signature of an earlier thought."
            ),
            400 when error is { Type: "invalid_request_error", Param: { } param } => Failure(
                FailureClass.Caller,
                FailureReason.InvalidParameter,
                UpstreamFailures.WrongField(param),
                UpstreamFailures.FieldOf(param)
            ),
            400 or 422 when error.IsOfRequest => Failure(
                FailureClass.Caller,
                FailureReason.BadRequest,
                UpstreamFailures.RefusedRequest(error.Message)
            ),
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

        UpstreamFailure Quota() =>
            Failure(FailureClass.Credential, FailureReason.QuotaExceeded, "The account's credit with the upstream is used up.");
    }

    /// <summary>An error that came inside a reply.</summary>
    public static UpstreamFailure InsideReply(int httpStatus, AnthropicError error) =>
        StatusOf(error.Type) is { } status
            ? FromStatus(status, error, retryAfter: null)
            : new(FailureClass.Upstream, FailureReason.ServerError, httpStatus, null, "The upstream reported an error inside its answer.");

    /// <summary>The reply ended before the provider said that it was whole.</summary>
    public static UpstreamFailure Unfinished(int httpStatus) =>
        new(FailureClass.Upstream, FailureReason.ConnectionReset, httpStatus, null, "The upstream's answer ended before it was whole.");

    /// <summary>A request that cannot be put into this provider's form; nothing was sent.</summary>
    public static UpstreamException Unsendable(string param, string message) =>
        new(new(FailureClass.Caller, FailureReason.InvalidParameter, null, null, message, param)) { MayHaveBeenSent = false };

    private static int? StatusOf(string type) =>
        type switch
        {
            "overloaded_error" => 529,
            "rate_limit_error" => 429,
            "authentication_error" => 401,
            "billing_error" => 402,
            "permission_error" => 403,
            "not_found_error" => 404,
            "request_too_large" => 413,
            "invalid_request_error" => 400,
            "timeout_error" => 504,
            _ => null,
        };
}
