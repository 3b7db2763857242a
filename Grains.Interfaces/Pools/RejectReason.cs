namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>Why the pool gave no account.</summary>
[GenerateSerializer]
public enum RejectReason
{
    /// <summary>Accounts that work are at a limit, or cool down after a 429, and none frees in time (429).</summary>
    NoAccountInTime = 0,

    /// <summary>The queue is full (429).</summary>
    QueueFull = 1,

    /// <summary>
    /// No account is at a limit, and none can serve in time: none configured, all disabled, expired, refused, waiting for a probe or cooling down after failures,
    /// or all excluded by the request (503). <c>RetryAfter</c> says when an account could serve a new request; null when only an operator can change that.
    /// </summary>
    NoUsableAccount = 2,

    /// <summary>The request is larger than any account's token limit allows at all (400).</summary>
    LargerThanAnyLimit = 3,

    /// <summary>The upstream fails for all accounts; the breaker is open (503).</summary>
    BreakerOpen = 4,

    /// <summary>The pool does not know the ticket (it was dropped or its silo died), or it is moving to another silo. Ask again.</summary>
    UnknownTicket = 5,

    /// <summary>Two accounts refused the request, the second of them right after it had served other requests: the request is at fault (400).</summary>
    Convicted = 6,

    /// <summary>The request was refused and no account could give a second opinion that counts: no account is marked (503).</summary>
    NobodyToBlame = 7,

    /// <summary>The second opinion that the request waited for has been given. Ask again at once.</summary>
    OpinionGiven = 8,

    /// <summary>The request was refused, and too many requests of its client key were to blame recently for another second opinion (429).</summary>
    TooManyConvictions = 9,
}
