using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Turns;

/// <summary>Which failures are tried again, and what a client is told of the others.</summary>
public static class RetryRules
{
    /// <summary>
    /// Whether a failed attempt may be followed by another: never once text was served, never for the caller's own mistake,
    /// never beyond the attempts allowed.
    /// </summary>
    public static bool MayRetry(UpstreamFailure failure, bool textServed, int attempts, int maxAttempts) =>
        !textServed && attempts < maxAttempts && failure.Class != FailureClass.Caller;

    /// <summary>The client's view of an upstream failure.</summary>
    public static TurnError ToError(UpstreamFailure failure) =>
        failure.Class switch
        {
            FailureClass.Caller => new TurnError(TurnErrorKind.InvalidRequest, failure.Message),
            FailureClass.Credential when failure.Reason == FailureReason.RateLimited => new TurnError(
                TurnErrorKind.NoAccountInTime,
                "The upstream limits the rate of every account that was tried. Please retry later.",
                RetryAfter: failure.RetryAfter
            ),
            FailureClass.Credential => new TurnError(TurnErrorKind.NoUsableAccount, "The upstream refused every account that was tried."),
            _ when IsTimeout(failure.Reason) => new TurnError(TurnErrorKind.UpstreamTimeout, failure.Message),
            _ => new TurnError(TurnErrorKind.UpstreamFailed, failure.Message),
        };

    /// <summary>The client's view of a pool that gave no account.</summary>
    public static TurnError ToError(AcquireResult.Rejected rejected) =>
        rejected.Reason switch
        {
            RejectReason.NoAccountInTime => new TurnError(
                TurnErrorKind.NoAccountInTime,
                "Every upstream account is at its limit and none frees in time. Please retry later.",
                RetryAfter: rejected.RetryAfter
            ),
            RejectReason.QueueFull => new TurnError(
                TurnErrorKind.NoAccountInTime,
                "Too many requests are waiting for an upstream account. Please retry later.",
                RetryAfter: rejected.RetryAfter
            ),
            RejectReason.LargerThanAnyLimit => new TurnError(
                TurnErrorKind.InvalidRequest,
                "The request needs more tokens than any account's token limit allows. Send a shorter prompt or a smaller max_tokens.",
                "messages"
            ),
            RejectReason.BreakerOpen => new TurnError(
                TurnErrorKind.NoUsableAccount,
                "The upstream fails for all accounts alike; requests are held back until it recovers. Please retry later.",
                RetryAfter: rejected.RetryAfter
            ),
            RejectReason.UnknownTicket => new TurnError(
                TurnErrorKind.Interrupted,
                "The accounts cannot be reached on this side now. Please retry."
            ),
            _ => new TurnError(
                TurnErrorKind.NoUsableAccount,
                "No upstream account can serve now: none is configured, or all are disabled, expired or refused.",
                RetryAfter: rejected.RetryAfter
            ),
        };

    private static bool IsTimeout(FailureReason reason) =>
        reason is FailureReason.ConnectTimeout or FailureReason.FirstByteTimeout or FailureReason.IdleTimeout or FailureReason.TotalTimeout;
}
