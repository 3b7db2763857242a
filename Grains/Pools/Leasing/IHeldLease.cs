using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Reservations;

namespace FlowGpt.Grains.Pools.Leasing;

/// <summary>A lease in this silo's keeping. Thread-safe.</summary>
public interface IHeldLease : IGrowingReservation
{
    /// <summary>The lease.</summary>
    Lease Lease { get; }

    /// <summary>Cancelled when the pool gave the lease up: stop the upstream call, then settle.</summary>
    CancellationToken Lost { get; }

    /// <summary>
    /// Notes that the upstream has begun to answer the chat request (its status line has come, with any status). Call it once, at
    /// that moment: limits are then counted from the request's arrival instead of from the end of the reply. Cheap; the pool is told at once only when it
    /// waits for this, or when little is left of a limit.
    /// </summary>
    /// <param name="told">What the answer says of the account's limits; null when it says nothing.</param>
    void MarkAnswered(RateLimitReport? told = null);

    /// <summary>
    /// Ends the lease. Returns at once and never throws; the pool is told in the background, with a bounded number of retries while it
    /// is unreachable. Idempotent: only the first call counts.
    /// </summary>
    /// <param name="sent">Whether a chat request may have reached the upstream; false gives the request and its tokens back.</param>
    /// <param name="actualTokens">Tokens of the prompt and of all that was received from the upstream, also of what the client did not get; null keeps what is reserved (and, with no failure, means "cancelled").</param>
    /// <param name="failure">The classified failure; null for success and for cancellation by the caller.</param>
    /// <param name="told">What a failure's answer says of the account's limits; null when it says nothing.</param>
    void Settle(bool sent, long? actualTokens, UpstreamFailure? failure, RateLimitReport? told = null);

    /// <summary>Completes, never faulted, when the pool has acknowledged the settlement or the retries are used up.</summary>
    Task Settled { get; }
}
