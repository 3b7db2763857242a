using System.Collections.Immutable;

namespace FlowGpt.Grains.Interfaces.Pools;

/// <summary>
/// Owns every account of one pool: limits, windows, leases, cool-downs and the queue. Key: the pool's name.
/// One activation in the cluster, so that a limit holds across all machines.
/// </summary>
[Alias("flowgpt.ITokenPoolGrain")]
public interface ITokenPoolGrain : IGrainWithStringKey
{
    /// <summary>
    /// Asks for an account. Answers at once: granted, queued with a ticket for <see cref="Await"/>, or rejected.
    /// Not idempotent: a caller whose call timed out asks again; a grant whose answer was lost ends with its TTL.
    /// </summary>
    [Alias("acquire")]
    ValueTask<AcquireResult> Acquire(AcquireRequest request);

    /// <summary>
    /// Waits for a queued ticket, at most <paramref name="maxWait"/> (no more than 2 s). Interleaves. Answers
    /// <see cref="AcquireResult.Queued"/> again while it must wait. A ticket that is not asked for within 10 s is dropped.
    /// </summary>
    [Alias("await"), Orleans.Concurrency.AlwaysInterleave]
    ValueTask<AcquireResult> Await(Guid ticket, TimeSpan maxWait, CancellationToken cancellationToken);

    /// <summary>Leaves the queue; if the ticket has been granted by then, the unused lease is returned. Idempotent.</summary>
    [Alias("abandon")]
    ValueTask Abandon(Guid ticket);

    /// <summary>Ends a lease, with how the call went. Idempotent by lease id; an unknown lease is ignored.</summary>
    [Alias("settle")]
    ValueTask Settle(Settlement settlement);

    /// <summary>
    /// Keeps leases alive; called by each silo for all leases it holds, every third of the TTL. Returns the ids that the
    /// pool has given up: their holders cancel the upstream call. Idempotent.
    /// </summary>
    [Alias("renew")]
    ValueTask<ImmutableArray<Guid>> Renew(ImmutableArray<HeldLease> leases);

    /// <summary>
    /// Reserves more tokens for a reply that grows: prompt and reply together up to <paramref name="upTo"/>. Answers how many are reserved then in
    /// all, which may be fewer, or null when the pool does not know yet: ask again. Idempotent. A lease that the pool does not know is taken over.
    /// </summary>
    [Alias("top-up")]
    ValueTask<long?> TopUp(HeldLease lease, long upTo);

    /// <summary>The state of every account, for operators. No secrets.</summary>
    [Alias("snapshot")]
    ValueTask<PoolSnapshot> GetSnapshot();

    /// <summary>The pool in a few figures, for operators.</summary>
    [Alias("overview")]
    ValueTask<PoolOverview> GetOverview();

    /// <summary>Some of the accounts, for operators. No secrets.</summary>
    [Alias("accounts")]
    ValueTask<AccountPage> ListAccounts(AccountQuery query);

    /// <summary>The latest decisions, newest first, at most 200: which account was chosen, what was skipped and why.</summary>
    [Alias("decisions")]
    ValueTask<ImmutableArray<PoolDecision>> GetDecisions();

    /// <summary>Clears an account's cool-down, or puts an account that is out back into use. False if there is no such account. Idempotent.</summary>
    [Alias("reset")]
    ValueTask<bool> ResetAccount(string account);
}
