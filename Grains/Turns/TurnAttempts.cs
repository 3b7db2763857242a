using FlowGpt.Grains.Blame;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Reservations;
using FlowGpt.Grains.Tokens;
using FlowGpt.Grains.Upstreams;
using FlowGpt.Grains.Upstreams.Decorators;

namespace FlowGpt.Grains.Turns;

/// <summary>
/// Tries one turn on accounts until a reply has come to its end: leases, calls the upstream, writes the reply's events into the log, settles, and goes to other
/// accounts and targets while no event has been served. Runs on the grain's scheduler, outside any grain call.
/// </summary>
internal sealed class TurnAttempts(ActiveTurn turn, TurnServices services, ITurnJournal journal)
{
    private UpstreamThread? _thread;
    private UpstreamFailure? _lastFailure;
    private TimeSpan _waited;
    private int _attempts;
    private TokenUsage _usage;
    private bool _served;
    private long _received;
    private bool _uncertain;
    private (int Prompt, int Completion) _further;

    // The reply's tokens, counted when the log had that many bytes: usage and settlement ask for the same number.
    private (int Bytes, int Tokens) _counted;

    /// <summary>Tokens of the prompt and of all that was received in the latest attempt, also of what the client did not get; 0 when nothing was sent.</summary>
    public long ReceivedTokens => _received;

    /// <summary>What was sent and served so far, with an outcome.</summary>
    public TurnResult EndAs(TurnResult outcome) =>
        outcome with
        {
            Sent = _served || _uncertain,
            Usage = WithFurther(_served ? _usage : new TokenUsage(turn.PromptTokens, CountReply(), 0)),
            Calls = [.. turn.Calls],
            Estimated = _uncertain,
        };

    private TokenUsage WithFurther(TokenUsage usage) =>
        usage with
        {
            PromptTokens = usage.PromptTokens + _further.Prompt,
            CompletionTokens = usage.CompletionTokens + _further.Completion,
        };

    public async Task<TurnResult> RunAsync()
    {
        try
        {
            _thread = await journal.FindThreadAsync(turn);
            TurnError? error = null;
            for (var i = 0; i < turn.Targets.Length; i++)
            {
                var (result, failed, goOn) = await TryTargetAsync(turn.Targets[i], isLast: i == turn.Targets.Length - 1);
                if (result is not null)
                {
                    return EndAs(result);
                }

                error ??= failed;
                if (!goOn)
                {
                    break;
                }
            }

            // The first failure tells the client more than "and now no account is left".
            return EndAs(Failed(_lastFailure is { } failure ? RetryRules.ToError(failure) : error ?? NoTarget()));
        }
        catch (OperationCanceledException) when (turn.Stopping.IsCancellationRequested)
        {
            return EndAs(Stopped());
        }
    }

    /// <summary>Tries the accounts of one target.</summary>
    /// <returns>The result; or an error, and whether the next target may be tried.</returns>
    private async Task<(TurnResult? Result, TurnError? Error, bool GoOn)> TryTargetAsync(Target target, bool isLast)
    {
        if (services.Pools.Find(target.Pool) is not { } pool)
        {
            return (null, NoTarget(), true);
        }

        turn.Target = target;
        // A target that would have to be waited for is passed over while there is another.
        var accounts = new AccountQueue(turn, target.Pool, isLast ? services.Options.MaxQueueWait : TimeSpan.Zero, services);
        var tried = TriedAccounts.None;
        while (true)
        {
            var thread = _thread is { } known && known.Pool == target.Pool ? known : null;
            var acquired = await accounts.AcquireAsync(thread?.Account, tried, turn.PromptTokens, turn.Sampling.MaxOutputTokens);
            if (acquired is not AcquireResult.Granted { Lease: var lease })
            {
                _waited += accounts.Waited;
                var rejected = (AcquireResult.Rejected)acquired;
                if (RetryRules.IsVerdict(rejected.Reason))
                {
                    _lastFailure = null;
                }

                var error = RetryRules.ToError(rejected);
                return rejected.Reason == RejectReason.Convicted ? (Failed(error), null, false) : (null, error, true);
            }

            turn.Serving = new ResponseServing(lease.Account, ++_attempts, _waited + accounts.Waited, lease.Headroom)
            {
                EarlierCalls = turn.CallsSoFar,
            };
            thread = thread?.Account == lease.Account ? thread : null;
            _thread = null;
            var (result, failure) = await AttemptAsync(pool, target, lease, thread);
            if (result is not null)
            {
                return (result, null, false);
            }

            _lastFailure = failure;
            if (failure!.Reason == FailureReason.Gone && thread is not null && !turn.Log.HasEvents)
            {
                // The whole context is sent instead, to whichever account.
                continue;
            }

            tried = tried.Add(lease, failure);
            if (turn.Log.HasEvents || Faults.Of(failure.Reason) is Fault.Request || failure.Reason == FailureReason.Unfit)
            {
                return (null, null, false);
            }

            if (!RetryRules.MayRetry(tried, services.Options.MaxAttempts))
            {
                return (null, null, true);
            }
        }
    }

    private async Task<(TurnResult? Result, UpstreamFailure? Failure)> AttemptAsync(
        OpenPool pool,
        Target target,
        Lease lease,
        UpstreamThread? thread
    )
    {
        var held = services.Leases.Hold(target.Pool, lease, AccountQueue.TurnOf(turn));
        var allowance = new ReplyAllowance(turn.PromptTokens, turn.Sampling.MaxOutputTokens, held, turn.KeyUse);
        if (services.Admission.IsCutOff)
        {
            turn.Stop(StopReason.Isolated);
        }

        if (turn.Stopping.IsCancellationRequested)
        {
            held.Settle(sent: false, actualTokens: null, failure: null);
            turn.Stopping.ThrowIfCancellationRequested();
        }

        using var span = TurnTrace.Attempt(turn, pool.Kind.Name, lease.Account);
        await using var lost = held.Lost.UnsafeRegister(static state => ((ActiveTurn)state!).Stop(StopReason.LeaseLost), turn);
        var answered = false;
        var further = new FurtherCalls(turn, services, target, () => held.Settle(sent: true, CountedTokens(allowance), failure: null));
        try
        {
            var can = pool.Kind.CapabilitiesOf(pool.Definition, target.Model);
            var setting = new DecoratorSetting(
                turn.Route.CleanResponsePrefix,
                services.WindowOf(turn.Route, target),
                services.Tokens,
                services.FailsLoudly
            );
            var upstream = UpstreamDecorators.Around(pool.Upstream, can, turn.Request, turn.Context, setting);
            var call = new UpstreamCall(
                target,
                turn.Request,
                turn.Context,
                turn.Sampling,
                lease.Credential,
                thread?.ConversationId,
                further
            );
            await using var reply = await upstream.OpenAsync(call, turn.Stopping);
            held.MarkAnswered(reply.RateLimits);
            TurnTrace.Answered(span);
            turn.Calls.Add(lease.Account);
            _served = answered = true;
            bool isCut;
            try
            {
                isCut = await ReceiveAsync(reply, allowance);
            }
            finally
            {
                _usage = UsageOf(reply, isContinued: thread is not null);
                turn.Calls.AddRange(further.Accounts);
                _further = (_further.Prompt + further.Used.Prompt, _further.Completion + further.Used.Completion);
            }

            services.Instruments.Succeeded(lease.Account);
            _received = ActualTokens(reply, allowance);
            held.Settle(sent: true, _received, failure: null);
            return (isCut ? new(ResponseStatus.Completed, FinishReason.Length) : Completed(reply, lease.Account, target.Pool), null);
        }
        catch (UpstreamException exception)
        {
            var failure = RetryRules.Read(exception.Failure, isContinued: thread is not null);
            TurnTrace.Failed(span, failure);
            services.Instruments.Failed(lease.Account, failure.Reason);
            if (exception.MayHaveBeenSent && !answered)
            {
                turn.Calls.Add(lease.Account);
                _uncertain |= exception.Failure.StatusCode is null;
            }

            held.Settle(
                exception.MayHaveBeenSent,
                exception.MayHaveBeenSent ? CountedTokens(allowance) : null,
                failure,
                exception.RateLimits
            );
            return (null, failure);
        }
        catch
        {
            // Stopped, or a defect: the request may be on its way, so the account's windows keep the request.
            TurnTrace.Stopped(span, turn.StopReason);
            services.Instruments.Stopped(lease.Account);
            if (!answered)
            {
                turn.Calls.Add(lease.Account);
                _uncertain = true;
            }

            _received = CountedTokens(allowance);
            held.Settle(sent: true, _received, failure: null);
            throw;
        }
    }

    private TurnResult Completed(IUpstreamReply reply, string account, string pool)
    {
        // A reply that was cut is not what the upstream remembers, so its conversation does not stand for this context.
        var thread = reply is { IsWhole: true, ConversationId: { } id } ? new UpstreamThread(account, id, pool) : null;
        return new TurnResult(ResponseStatus.Completed, reply.FinishReason, Thread: thread);
    }

    private TokenUsage UsageOf(IUpstreamReply reply, bool isContinued)
    {
        if (reply.Usage is { } reported)
        {
            return reported;
        }

        var cached = isContinued ? Math.Max(0, turn.PromptTokens - services.Tokens.CountLast(turn.Context.AsSpan())) : 0;
        return new TokenUsage(turn.PromptTokens, CountReply(), cached);
    }

    /// <summary>Reads the reply into the log until it ends or no more tokens can be reserved for it.</summary>
    /// <returns>Whether the reply was cut because a limit leaves no more.</returns>
    private async Task<bool> ReceiveAsync(IUpstreamReply reply, ReplyAllowance allowance)
    {
        if (!allowance.IsLimited)
        {
            while (await reply.ReadAsync(turn, turn.Stopping)) { }

            return false;
        }

        var held = new HeldEvents(services.Tokens);
        for (var more = true; more; )
        {
            more = await reply.ReadAsync(held, turn.Stopping);
            // At the caller's own maximum the upstream, or a decorator, ends the reply itself.
            var isOver = !await allowance.ReceiveAsync(held.Count()) && !(allowance.Received >= turn.Sampling.MaxOutputTokens);
            if (isOver && (more || allowance.Excess > 0))
            {
                held.ReleaseWithoutLast(turn, allowance.Excess);
                turn.EndMessages();
                return true;
            }

            held.Release(turn);
        }

        return false;
    }

    private long ActualTokens(IUpstreamReply reply, ReplyAllowance allowance) =>
        reply.Usage is { } reported ? reported.TotalTokens : CountedTokens(allowance) + reply.DroppedBytes;

    // What was received, also where the client got less of it.
    private long CountedTokens(ReplyAllowance allowance) =>
        Math.Max(allowance.IsLimited ? allowance.Used : 0, turn.PromptTokens + CountReply());

    private int CountReply()
    {
        var reply = turn.Log.Bytes;
        if (_counted.Bytes != reply.Length)
        {
            _counted = (reply.Length, services.Tokens.Count(reply));
        }

        return _counted.Tokens;
    }

    private static TurnResult Failed(TurnError error) => new(ResponseStatus.Failed, Error: error);

    private TurnError NoTarget() =>
        new(
            TurnErrorKind.NoUsableAccount,
            $"The model '{turn.Route.Id}' has no pool that this server knows. Ask the operator to check the model's targets."
        );

    private TurnResult Stopped() =>
        turn.StopReason switch
        {
            StopReason.Caller or StopReason.Abandoned => new TurnResult(ResponseStatus.Cancelled),
            StopReason.Deadline when _lastFailure is { } failure => Failed(RetryRules.ToError(failure)),
            StopReason.Deadline => Failed(
                new TurnError(
                    TurnErrorKind.UpstreamTimeout,
                    $"The reply took longer than the {turn.Request.Timeout.TotalSeconds:0.#} s allowed."
                )
            ),
            StopReason.LeaseLost => Failed(
                new TurnError(TurnErrorKind.Interrupted, "The account's lease ended while the reply was running.")
            ),
            StopReason.Isolated => Failed(
                new TurnError(
                    TurnErrorKind.Interrupted,
                    "This server has lost contact with the rest of its cluster. Please send the request again."
                )
            ),
            _ => Failed(new TurnError(TurnErrorKind.Interrupted, "This server is stopping. Please send the request again.")),
        };
}
