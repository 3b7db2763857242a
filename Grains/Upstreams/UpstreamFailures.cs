using System.Net;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams;

/// <summary>
/// Says what is at fault for a failed call. Its messages are our own words; of the service's words only those about a wrong request reach a client, shortened by
/// <see cref="ServerWords"/>. Pure.
/// </summary>
internal static class UpstreamFailures
{
    /// <summary>A reply whose status or headers say that no text will come.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="isChallenge">Whether it has the web firewall's header.</param>
    /// <param name="isHtml">Whether its body is a web page.</param>
    /// <param name="retryAfter">What it asked to wait.</param>
    public static UpstreamFailure FromStatus(HttpStatusCode status, bool isChallenge, bool isHtml, TimeSpan? retryAfter)
    {
        var code = (int)status;
        UpstreamFailure Failure(FailureClass @class, FailureReason reason, string message) =>
            new(@class, reason, code, retryAfter, message);
        return code switch
        {
            _ when isChallenge => Challenge(code, retryAfter),
            402 => Failure(FailureClass.Credential, FailureReason.QuotaExceeded, "The account's credit with the upstream is used up."),
            401 => Failure(FailureClass.Credential, FailureReason.Unauthorized, "The upstream refused the account's token."),
            429 => Failure(FailureClass.Credential, FailureReason.RateLimited, "The upstream limits the account's requests."),
            503 or 529 => Failure(FailureClass.Upstream, FailureReason.Overloaded, $"The upstream has no capacity (status {code})."),
            >= 500 => Failure(FailureClass.Upstream, FailureReason.ServerError, $"The upstream failed with status {code}."),
            // The API answers in JSON: a page in its place comes from something before it, so it says nothing about account or request.
            (>= 200 and < 300) or 403 or 405 when isHtml => Challenge(code, retryAfter),
            408 => Failure(FailureClass.Upstream, FailureReason.FirstByteTimeout, "The upstream did not wait for the request."),
            // A proxy before the API says this in a page of its own.
            413 => TooLarge(),
            >= 400 when isHtml => InvalidBody(code),
            >= 400 => Failure(FailureClass.Caller, FailureReason.Refused, $"The upstream refused the request with status {code}."),
            _ => InvalidBody(code),
        };
    }

    public static UpstreamFailure Challenge(int status, TimeSpan? retryAfter = null) =>
        new(
            FailureClass.Upstream,
            FailureReason.Challenge,
            status,
            retryAfter,
            "The upstream answered with a web page that asks for a browser."
        );

    /// <summary>
    /// The request is larger than the upstream takes, by the status alone: an account, or a proxy on the way to it, may say so to everything. Provisional, as every
    /// refusal that names no field; where no other account serves the request, its client is told this.
    /// </summary>
    public static UpstreamFailure TooLarge() =>
        new(
            FailureClass.Caller,
            FailureReason.BadRequest,
            413,
            null,
            "The request is larger than the upstream takes; shorten the messages."
        );

    public static UpstreamFailure InvalidBody(int? status) =>
        new(FailureClass.Upstream, FailureReason.InvalidBody, status, null, "The upstream's answer was not in the expected form.");

    /// <summary>A reply that is whole and cannot be used: no account is at fault, and no other account would do better.</summary>
    public static UpstreamFailure Unfit(string message) => new(FailureClass.Caller, FailureReason.Unfit, null, null, message);

    /// <summary>The reply ended for a reason with no known meaning: to call the reply whole would be a guess. No account is at fault.</summary>
    public static UpstreamFailure UnknownEnd(int status) =>
        new(
            FailureClass.Upstream,
            FailureReason.Unfit,
            status,
            null,
            "The upstream ended its answer for a reason that is not known here, so the answer may not be whole."
        );

    /// <summary>The model called a tool with arguments that no client can read; the reply says that it is whole. No account is at fault.</summary>
    public static UpstreamFailure BrokenCall(int status) =>
        new(
            FailureClass.Upstream,
            FailureReason.Unfit,
            status,
            null,
            "The model called a tool with arguments that are not a whole JSON object, so the call was not passed on. Send the request again, or with a larger output limit."
        );

    /// <summary>What a client is told of a field that the service refused by name.</summary>
    public static string WrongField(string param) => $"The upstream does not accept the field \"{param}\" of the request that it was sent.";

    /// <summary>What a client is told of a request that the service refused in its own words.</summary>
    public static string RefusedRequest(string words) => $"The upstream refused the request: {ServerWords.Of(words)}";

    /// <summary>
    /// The field of the client's own request: what stands before the first index, since messages and tools are counted differently in the request that was sent on.
    /// </summary>
    public static string FieldOf(string param)
    {
        for (var i = 1; i < param.Length; i++)
        {
            if (char.IsAsciiDigit(param[i]) && (param[i - 1] is '.' or '['))
            {
                return param[..(i - 1)];
            }
        }

        return param;
    }

    public static UpstreamFailure EmptyReply(int? status) =>
        new(FailureClass.Upstream, FailureReason.EmptyReply, status, null, "The upstream's answer had no text.");

    public static UpstreamFailure UnusableToken() =>
        new(
            FailureClass.Credential,
            FailureReason.Unauthorized,
            null,
            null,
            "The account's token or device id has characters that no request can carry."
        );

    public static UpstreamFailure ExpiredToken() =>
        new(FailureClass.Credential, FailureReason.Expired, null, null, "The account's token has expired.");

    /// <summary>The connection failed before the reply began.</summary>
    public static UpstreamFailure BeforeReply(Exception failure) =>
        Chain(failure).Any(inner => inner is TimeoutException)
            ? Timeout(FailureReason.ConnectTimeout)
            : new(FailureClass.Upstream, FailureReason.ConnectionFailed, null, null, "The connection to the upstream failed.");

    /// <summary>The connection broke inside the reply.</summary>
    public static UpstreamFailure InsideReply(int status) =>
        new(FailureClass.Upstream, FailureReason.ConnectionReset, status, null, "The connection to the upstream broke inside its answer.");

    /// <summary>The reply ended with an error of the upstream's own.</summary>
    public static UpstreamFailure ErrorInReply(int status) =>
        new(FailureClass.Upstream, FailureReason.ServerError, status, null, "The upstream ended its answer with an error.");

    public static UpstreamFailure Timeout(FailureReason reason) =>
        new(
            FailureClass.Upstream,
            reason,
            null,
            null,
            reason switch
            {
                FailureReason.ConnectTimeout => "The upstream could not be reached in time.",
                FailureReason.FirstByteTimeout => "The upstream did not begin its answer in time.",
                FailureReason.IdleTimeout => "The upstream fell silent inside its answer.",
                _ => "The upstream's answer took too long.",
            }
        );

    private static IEnumerable<Exception> Chain(Exception failure)
    {
        for (var inner = failure; inner is not null; inner = inner.InnerException)
        {
            yield return inner;
        }
    }
}
