using System.Diagnostics;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Storage;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Timing;

namespace FlowGpt.Grains.Turns;

/// <summary>Gets an account for a turn: asks, waits in the queue, and asks again when the pool moves to another silo.</summary>
internal sealed class AccountQueue(ActiveTurn turn, Target target, TimeSpan maxWait, TurnServices services, CancellationToken stopping)
{
    /// <summary>Between two calls while the pool has no activation: a silo's death is noticed within some such steps.</summary>
    private static readonly TimeSpan PoolAway = TimeSpan.FromMilliseconds(200);

    private readonly ITokenPoolGrain _pool = services.PoolGrain(target.Pool);
    private readonly long _deadline =
        services.Time.GetTimestamp() + (long)(Shorter(maxWait, turn.Remaining).TotalSeconds * services.Time.TimestampFrequency);

    private long _called;

    /// <summary>Granted or rejected, never queued.</summary>
    /// <exception cref="OperationCanceledException">Stopped; a place in the queue has been given up.</exception>
    public async Task<AcquireResult> AcquireAsync(string? affinityAccount, TriedAccounts tried, long promptTokens, long? maxReplyTokens)
    {
        var hasWaitedForOpinion = false;
        var asked = services.Time.GetTimestamp();
        using var span = TurnTrace.Acquire(target.Pool);
        while (true)
        {
            var (result, fromQueue) = await AskAsync(affinityAccount, tried, hasWaitedForOpinion, promptTokens, maxReplyTokens, span);
            if (
                result is AcquireResult.Granted { Lease: var late }
                && services.Time.GetElapsedTime(_called) > services.Timing.LongestSilence
            )
            {
                // Too late: this process, or its connection to the pool, stood still, and the pool may have given the place to another request since.
                services.Leases.Hold(target.Pool, late, TurnOf(turn)).Settle(sent: false, actualTokens: null, failure: null);
                stopping.ThrowIfCancellationRequested();
                continue;
            }

            if (result is AcquireResult.Rejected { Reason: RejectReason.OpinionGiven })
            {
                hasWaitedForOpinion = true;
                continue;
            }

            if (result is not AcquireResult.Rejected { Reason: RejectReason.UnknownTicket } || Left() == TimeSpan.Zero)
            {
                TurnTrace.Acquired(span, result);
                if (result is AcquireResult.Granted)
                {
                    services.Instruments.Granted(target.Pool, services.Time.GetElapsedTime(asked));
                }

                return result;
            }

            // A pool that forgot a ticket can be asked again at once; a pool that does not answer or moves needs some time.
            if (!fromQueue)
            {
                await Task.Delay(PoolAway, services.Time, stopping);
            }
        }
    }

    private async Task<(AcquireResult Result, bool FromQueue)> AskAsync(
        string? affinityAccount,
        TriedAccounts tried,
        bool hasWaitedForOpinion,
        long promptTokens,
        long? maxReplyTokens,
        Activity? span
    )
    {
        try
        {
            _called = services.Time.GetTimestamp();
            var result = await _pool.Acquire(
                new AcquireRequest(
                    turn.Request.ResponseId,
                    turn.Request.ClientKeyId,
                    turn.Request.Route,
                    affinityAccount,
                    tried.Accounts,
                    promptTokens,
                    maxReplyTokens,
                    Left(),
                    services.SiloAddress
                )
                {
                    AcceptedAt = turn.AcceptedAt,
                    IsStored = turn.Request.Lifetime == TurnLifetime.Stored,
                    EarlierCalls = turn.CallsSoFar,
                    UpstreamModel = target.Model,
                    Fingerprint = turn.Fingerprint,
                    Refusals = tried.Refusals,
                    HasFailed = tried.ServiceFailures > 0,
                    HasFailedOnAccount = tried.AccountFailures > 0,
                    HasWaitedForOpinion = hasWaitedForOpinion,
                }
            );
            if (result is not AcquireResult.Queued queued)
            {
                return (result, false);
            }

            TurnTrace.Queued(span, queued.Position);
            return (await WaitInQueue(queued.Ticket, tried), true);
        }
        catch (Exception exception) when (IsPoolAway(exception))
        {
            stopping.ThrowIfCancellationRequested();
            return (new AcquireResult.Rejected(RejectReason.UnknownTicket, null), false);
        }
    }

    private async Task<AcquireResult> WaitInQueue(Guid ticket, TriedAccounts tried)
    {
        try
        {
            while (true)
            {
                _called = services.Time.GetTimestamp();
                var result = await _pool.Await(
                    ticket,
                    tried.Refusals.IsEmpty ? Shorter(ClusterTiming.Poll, Left()) : ClusterTiming.Poll,
                    stopping
                );
                if (result is not AcquireResult.Queued)
                {
                    return result;
                }

                stopping.ThrowIfCancellationRequested();
                if (Left() == TimeSpan.Zero && tried.Refusals.IsEmpty)
                {
                    await _pool.Abandon(ticket);
                    return new AcquireResult.Rejected(RejectReason.NoAccountInTime, null);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await _pool.Abandon(ticket);
            throw;
        }
    }

    /// <summary>The turn as its lease names it.</summary>
    public static LeasedTurn TurnOf(ActiveTurn turn) =>
        new(turn.Request.ResponseId, turn.Request.ClientKeyId, turn.Request.Route, turn.AcceptedAt, turn.PromptTokens)
        {
            IsStored = turn.Request.Lifetime == TurnLifetime.Stored,
            EarlierCalls = turn.CallsSoFar,
        };

    private TimeSpan Left()
    {
        var left = services.Time.GetElapsedTime(services.Time.GetTimestamp(), _deadline);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    // The directory of grains cancels what it is asked while a dead silo's part of it goes to others.
    private bool IsPoolAway(Exception exception) =>
        exception is SiloUnavailableException or OrleansMessageRejectionException or TimeoutException or StorageUnavailableException
        || (exception is OperationCanceledException && !stopping.IsCancellationRequested);
}
