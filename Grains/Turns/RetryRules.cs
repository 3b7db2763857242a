using FlowGpt.Grains.Blame;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Turns;

/// <summary>Which failures are tried again, and what a client is told of the others.</summary>
public static class RetryRules
{
    /// <summary>When to come back where the pool cannot say when an account frees: calls in flight may end at any time.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>When to come back after a refusal that could not be judged: sent again at once, the request would be refused again.</summary>
    private static readonly TimeSpan UndecidedFor = TimeSpan.FromSeconds(10);

    /// <summary>A request is tried on so many accounts for failures as a service fails.</summary>
    private const int MostServiceFailures = 2;

    /// <summary>However many accounts are out, a request looks no further.</summary>
    private const int MostAccounts = 10;

    /// <summary>
    /// Whether a turn that has served nothing may be tried on another account: never more than two accounts fail it as a service fails; accounts that are out
    /// for reasons of their own do not count as attempts, within bounds; a refusal always gets its second opinion.
    /// </summary>
    internal static bool MayRetry(TriedAccounts tried, int maxAttempts) =>
        tried.ServiceFailures < MostServiceFailures
        && tried.Accounts.Length < MostAccounts
        && (tried.ServiceFailures + tried.Others < maxAttempts || tried.Refusals.Length == 1);

    /// <summary>A refusal of a call that continued an upstream conversation may mean that the conversation is gone: no account is marked.</summary>
    /// <param name="failure">The failure as its provider kind read it.</param>
    /// <param name="isContinued">Whether the call continued an upstream conversation.</param>
    /// <param name="hasSealed">Whether the context holds reasoning that a provider sealed.</param>
    internal static UpstreamFailure Read(UpstreamFailure failure, bool isContinued, bool hasSealed = false) =>
        isContinued && Faults.Of(failure.Reason) == Fault.Provisional ? failure with { Reason = FailureReason.Gone }
        : !isContinued && !hasSealed && failure.Reason == FailureReason.Gone ? failure with { Reason = FailureReason.Refused }
        : failure;

    /// <summary>Whether the pool has decided what is at fault for the turn's refusals, which says more to the client than the refusals do.</summary>
    internal static bool IsVerdict(RejectReason reason) =>
        reason is RejectReason.Convicted or RejectReason.NobodyToBlame or RejectReason.TooManyConvictions;

    /// <summary>Whether a pool that gave no account at once may give one to a turn that waits.</summary>
    internal static bool IsWorthWaiting(AcquireResult.Rejected rejected, TimeSpan maxWait) =>
        rejected.Reason is RejectReason.NoAccountInTime or RejectReason.UnknownTicket
        || (rejected.Reason is RejectReason.BreakerOpen or RejectReason.NoUsableAccount && rejected.RetryAfter <= maxWait);

    /// <summary>The client's view of an upstream failure. A refusal that could not be decided is never reported as the client's fault.</summary>
    public static TurnError ToError(UpstreamFailure failure) =>
        Faults.Of(failure.Reason) switch
        {
            Fault.Request when failure.Reason == FailureReason.ContextTooLong => new TurnError(
                TurnErrorKind.ContextLengthExceeded,
                failure.Message,
                failure.Param
            ),
            Fault.Request when failure is { Reason: FailureReason.InvalidParameter, Param: null } => new TurnError(
                TurnErrorKind.RefusedByUpstream,
                failure.Message
            ),
            Fault.Request => new TurnError(TurnErrorKind.InvalidRequest, failure.Message, failure.Param),
            Fault.Limit => new TurnError(
                TurnErrorKind.NoAccountInTime,
                "The upstream limits the rate of every account that was tried. Please retry later.",
                RetryAfter: failure.RetryAfter
            ),
            Fault.Account => new TurnError(TurnErrorKind.NoUsableAccount, "The upstream refused every account that was tried."),
            _ when failure.Reason == FailureReason.Unfit => new TurnError(TurnErrorKind.UpstreamFailed, failure.Message),
            Fault.Provisional when failure.Reason == FailureReason.BadRequest => new TurnError(
                TurnErrorKind.InvalidRequest,
                failure.Message,
                failure.Param
            ),
            Fault.Provisional or Fault.Nobody => Undecided(failure.StatusCode),
            _ when IsTimeout(failure.Reason) => new TurnError(TurnErrorKind.UpstreamTimeout, failure.Message),
            _ when failure.Reason == FailureReason.Overloaded => new TurnError(
                TurnErrorKind.Overloaded,
                failure.Message,
                RetryAfter: failure.RetryAfter ?? Soon
            ),
            _ => new TurnError(TurnErrorKind.UpstreamFailed, failure.Message),
        };

    /// <summary>The client's view of a pool that gave no account.</summary>
    public static TurnError ToError(AcquireResult.Rejected rejected) =>
        rejected.Reason switch
        {
            RejectReason.NoAccountInTime => new TurnError(
                TurnErrorKind.NoAccountInTime,
                "Every upstream account is at its limit and none frees in time. Please retry later.",
                RetryAfter: rejected.RetryAfter ?? Soon
            ),
            RejectReason.QueueFull => new TurnError(
                TurnErrorKind.NoAccountInTime,
                "Too many requests are waiting for an upstream account. Please retry later.",
                RetryAfter: rejected.RetryAfter ?? Soon
            ),
            RejectReason.LargerThanAnyLimit => new TurnError(
                TurnErrorKind.InvalidRequest,
                "The request needs more tokens than any account's token limit allows. Send a shorter prompt or a smaller max_tokens.",
                "messages"
            ),
            RejectReason.Convicted => new TurnError(
                TurnErrorKind.RefusedByUpstream,
                $"The upstream refuses this request on whichever account{Status(rejected.StatusCode)}: most likely its content is not allowed there. Change the request before you send it again."
            ),
            RejectReason.NobodyToBlame => Undecided(rejected.StatusCode) with
            {
                RetryAfter = rejected.RetryAfter > UndecidedFor ? rejected.RetryAfter : UndecidedFor,
            },
            RejectReason.TooManyConvictions => new TurnError(
                TurnErrorKind.TooManyRefused,
                "The upstream refused this request, and too many requests of this key in the last minute were refused on every account. Change the requests or retry later.",
                RetryAfter: rejected.RetryAfter
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
                "No upstream account can serve now: none is configured, or all are disabled, expired, refused, waiting for a probe or cooling down after failures. Please retry later.",
                RetryAfter: rejected.RetryAfter
            ),
        };

    private static TurnError Undecided(int? status) =>
        new(
            TurnErrorKind.NoUsableAccount,
            $"The upstream refused the request{Status(status)}, and no other account could show whether the account or the request is to blame. Please retry later."
        );

    private static string Status(int? status) => status is { } code ? $" (status {code})" : "";

    private static bool IsTimeout(FailureReason reason) =>
        reason is FailureReason.ConnectTimeout or FailureReason.FirstByteTimeout or FailureReason.IdleTimeout or FailureReason.TotalTimeout;
}
