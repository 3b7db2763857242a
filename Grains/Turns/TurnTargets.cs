using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Turns;

/// <summary>
/// Tries the targets of a turn in their order, and the accounts of each, until an attempt succeeds or no more may be tried. A target whose accounts are all
/// busy is passed over while another target can serve at once; when none can, the turn waits in the queues of all busy targets together, and the first account
/// that becomes free serves it.
/// </summary>
/// <param name="turn">The turn, with its targets.</param>
/// <param name="maxReplyTokens">The most tokens the reply may have; null when the request names no maximum.</param>
/// <param name="services">What calls on this silo share.</param>
/// <param name="attempt">Makes one attempt.</param>
internal sealed class TurnTargets(ActiveTurn turn, long? maxReplyTokens, TurnServices services, ITurnAttempt attempt)
{
    private readonly List<BusyTarget> _busy = [];
    private TurnError? _error;
    private TimeSpan _maxWait = services.Options.MaxQueueWait;
    private TimeSpan _waited;
    private int _attempts;

    /// <summary>Why the latest attempt failed; null when none has, or when a pool's verdict says more.</summary>
    public UpstreamFailure? LastFailure { get; private set; }

    /// <summary>Null when an attempt has succeeded; else what the client is told.</summary>
    /// <exception cref="OperationCanceledException">The turn was stopped.</exception>
    public async Task<TurnError?> RunAsync()
    {
        if (turn.KeyUse.Waiting is not null)
        {
            // A turn waits for its key and for an account no longer than for one of them.
            var began = services.Time.GetTimestamp();
            if (await services.Keys.AwaitAsync(turn.KeyUse, _maxWait, turn.Stopping) is { } overLimit)
            {
                return overLimit;
            }

            _waited = services.Time.GetElapsedTime(began);
            _maxWait = _maxWait > _waited ? _maxWait - _waited : TimeSpan.Zero;
        }

        // With a single target nothing is gained by asking first whether an account is free now.
        var mayWait = turn.Targets.Length == 1;
        foreach (var target in turn.Targets)
        {
            var tried = new BusyTarget(target, TriedAccounts.None);
            if (await TryAsync(tried, mayWait ? _maxWait : TimeSpan.Zero, acquired: null) is { } end)
            {
                return ErrorOf(end);
            }
        }

        var until = services.Time.GetTimestamp() + (long)(_maxWait.TotalSeconds * services.Time.TimestampFrequency);
        while (!mayWait && _busy.Count > 0)
        {
            if (await WaitForAnyAsync(until) is not var (first, granted))
            {
                break;
            }

            if (await TryAsync(first, TimeSpan.Zero, granted) is { } end)
            {
                return ErrorOf(end);
            }
        }

        // The first failure tells the client more than "and now no account is left".
        return LastFailure is { } failure ? RetryRules.ToError(failure) : _error ?? NoPool();
    }

    /// <summary>Tries the accounts of one target.</summary>
    /// <returns>How the turn ended; null when other targets may be tried.</returns>
    private async Task<AttemptEnd?> TryAsync(BusyTarget busy, TimeSpan maxWait, AcquireResult? acquired)
    {
        var (target, tried) = busy;
        if (services.Pools.Find(target.Pool) is not { } pool)
        {
            Tell(NoPool());
            return null;
        }

        turn.Target = target;
        var queue = new AccountQueue(turn, target, maxWait, services, turn.Stopping);
        while (true)
        {
            var asked = services.Time.GetTimestamp();
            acquired ??= await AcquireAsync(queue, target, tried);
            _waited += services.Time.GetElapsedTime(asked);
            if (acquired is not AcquireResult.Granted { Lease: var lease })
            {
                return Refuse(busy with { Tried = tried }, (AcquireResult.Rejected)acquired, mayWait: true);
            }

            acquired = null;
            turn.Serving = new ResponseServing(lease.Account, ++_attempts, _waited, lease.Headroom)
            {
                EarlierCalls = turn.CallsSoFar,
                RunsToolsOf = pool.Kind.RunsToolsOf(pool.Definition),
            };
            var end = await attempt.RunAsync(pool, target, lease);
            LastFailure = end.Failure;
            if (end.Failure is not { } failure || end.IsFinal)
            {
                return end;
            }

            if (end.IsRepeated)
            {
                continue;
            }

            tried = tried.Add(lease, failure);
            if (!RetryRules.MayRetry(tried, services.Options.MaxAttempts))
            {
                return null;
            }
        }
    }

    /// <summary>Waits in the queues of all busy targets; targets that refuse the turn are no longer busy, nor is the target that grants an account.</summary>
    /// <returns>Null when all have refused.</returns>
    private async Task<(BusyTarget Target, AcquireResult Granted)?> WaitForAnyAsync(long until)
    {
        var now = services.Time.GetTimestamp();
        var left = until > now ? services.Time.GetElapsedTime(now, until) : TimeSpan.Zero;
        using var others = CancellationTokenSource.CreateLinkedTokenSource(turn.Stopping);
        var waits = new List<Task<(BusyTarget Target, AcquireResult Result)>>(_busy.Count);
        foreach (var busy in _busy)
        {
            waits.Add(WaitAsync(busy, new AccountQueue(turn, busy.Target, left, services, others.Token)));
        }

        try
        {
            while (waits.Count > 0)
            {
                var wait = await Task.WhenAny(waits);
                waits.Remove(wait);
                var (busy, result) = await wait;
                _busy.Remove(busy);
                _waited += services.Time.GetElapsedTime(now);
                now = services.Time.GetTimestamp();
                if (result is AcquireResult.Granted)
                {
                    return (busy, result);
                }

                if (Refuse(busy, (AcquireResult.Rejected)result, mayWait: false) is not null)
                {
                    break;
                }
            }

            return null;
        }
        finally
        {
            await others.CancelAsync();
            foreach (var wait in waits)
            {
                // Not awaited: a pool whose silo died must not hold up the turn.
                _ = GiveBackAsync(wait);
            }
        }
    }

    private async Task<(BusyTarget Target, AcquireResult Result)> WaitAsync(BusyTarget busy, AccountQueue queue) =>
        (busy, await AcquireAsync(queue, busy.Target, busy.Tried));

    /// <summary>An account that was granted after another had been taken comes back unused.</summary>
    private async Task GiveBackAsync(Task<(BusyTarget Target, AcquireResult Result)> wait)
    {
        await ((Task)wait).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (wait.IsCompletedSuccessfully && await wait is (var busy, AcquireResult.Granted { Lease: var lease }))
        {
            services.Leases.Hold(busy.Target.Pool, lease, AccountQueue.TurnOf(turn)).Settle(sent: false, actualTokens: null, failure: null);
        }
    }

    private Task<AcquireResult> AcquireAsync(AccountQueue queue, Target target, TriedAccounts tried) =>
        queue.AcquireAsync(attempt.PreferredAccount(target), tried, turn.PromptTokens, maxReplyTokens);

    /// <summary>A pool gave no account.</summary>
    private AttemptEnd? Refuse(BusyTarget busy, AcquireResult.Rejected rejected, bool mayWait)
    {
        // The upstream's own words tell the client more than the pool's verdict does.
        var error = LastFailure is { Reason: FailureReason.BadRequest } words ? RetryRules.ToError(words) : RetryRules.ToError(rejected);
        if (RetryRules.IsVerdict(rejected.Reason))
        {
            LastFailure = null;
        }

        if (rejected.Reason == RejectReason.Convicted)
        {
            _error = error;
            return new AttemptEnd(null, IsFinal: true);
        }

        Tell(error);
        if (mayWait && RetryRules.IsWorthWaiting(rejected, _maxWait))
        {
            _busy.Add(busy);
        }

        return null;
    }

    // Of several targets, the target that can serve soonest decides when the client is told to come back.
    private void Tell(TurnError error) =>
        _error = _error is null || (error.RetryAfter is { } after && !(_error.RetryAfter <= after)) ? error : _error;

    private TurnError? ErrorOf(AttemptEnd end) =>
        end.Failure is { } failure ? RetryRules.ToError(failure)
        : end.IsFinal ? _error
        : null;

    private TurnError NoPool() =>
        new(
            TurnErrorKind.NoUsableAccount,
            $"The model '{turn.Route.Id}' has no pool that this server knows. Ask the operator to check the model's targets."
        );
}

/// <summary>A target whose accounts are all busy.</summary>
/// <param name="Target">The target.</param>
/// <param name="Tried">What the turn has met on its accounts.</param>
internal sealed record BusyTarget(Target Target, TriedAccounts Tried);
