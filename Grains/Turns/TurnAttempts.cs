using System.Collections.Immutable;
using FlowGpt.Grains.Blame;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Items;
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
/// Tries one turn on accounts until a reply has come to its end: leases, calls the upstream, writes the reply's events into the log, settles. <see cref="TurnTargets"/> goes to
/// other accounts and targets while no event has been served. Runs on the grain's scheduler, outside any grain call.
/// </summary>
internal sealed class TurnAttempts(ActiveTurn turn, TurnServices services, ITurnJournal journal) : ITurnAttempt
{
    private UpstreamThread? _thread;
    private TurnResult? _result;
    private TokenUsage _usage;
    private bool _served;
    private long _received;
    private bool _uncertain;
    private (int Prompt, int Completion) _further;
    private ImmutableArray<Item> _context = turn.Context;
    private readonly ReplyMaximum _maximum = new(turn.Sampling.MaxOutputTokens, services.Options.UnnamedReplyTokens);

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
        var targets = new TurnTargets(turn, turn.Sampling.MaxOutputTokens, services, this);
        try
        {
            _thread = await journal.FindThreadAsync(turn);
            return EndAs(await targets.RunAsync() is { } error ? Failed(WithToolTokens(error)) : _result!);
        }
        catch (OperationCanceledException) when (turn.Stopping.IsCancellationRequested)
        {
            return EndAs(Stopped(targets.LastFailure));
        }
    }

    public string? PreferredAccount(Target target) =>
        ThreadOf(target)?.Account ?? services.Pools.Find(target.Pool)?.Upstream.AccountOf(turn.Request.ClientKeyId, turn.Context.AsSpan());

    /// <summary>One attempt, with the conversation that the account keeps where there is one.</summary>
    async Task<AttemptEnd> ITurnAttempt.RunAsync(OpenPool pool, Target target, Lease lease)
    {
        var thread = ThreadOf(target) is { } kept && kept.Account == lease.Account ? kept : null;
        _thread = null;
        (_result, var failure) = await AttemptAsync(pool, target, lease, thread);
        if (failure is null)
        {
            return default;
        }

        if (!turn.Log.HasEvents && _maximum.Lower(failure))
        {
            return new AttemptEnd(failure, IsRepeated: true);
        }

        if (turn.Log.HasEvents || Faults.Of(failure.Reason) is Fault.Request || failure.Reason == FailureReason.Unfit)
        {
            return new AttemptEnd(failure, IsFinal: true);
        }

        if (failure.Reason == FailureReason.Gone && thread is null)
        {
            _context = SealedReasoning.LeaveOut(_context);
        }

        // The whole context is sent instead, to whichever account; when that was sent, without what only another account can open.
        return new AttemptEnd(failure, IsRepeated: failure.Reason == FailureReason.Gone);
    }

    private UpstreamThread? ThreadOf(Target target) => _thread is { } known && known.Pool == target.Pool ? known : null;

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
        var can = pool.Kind.CapabilitiesOf(pool.Definition, target.Model);
        var window = services.WindowOf(turn.Route, target);
        var mostWanted = _maximum.For(pool.Kind.DefaultOutputLimit(pool.Definition, target), window, turn.PromptTokens);
        var further = new FurtherCalls(
            turn,
            services,
            target,
            can.HasFlag(ModelCapabilities.OutputLimit) ? mostWanted : null,
            () =>
            {
                var used = CountedTokens(allowance);
                held.Settle(sent: true, used, failure: null);
                return used;
            }
        );
        try
        {
            _maximum.Sent = can.HasFlag(ModelCapabilities.OutputLimit) ? (int?)await allowance.ReserveAsync(mostWanted) : null;
            var sampling = _maximum.Sent is { } most ? turn.Sampling with { MaxOutputTokens = most } : turn.Sampling;
            var setting = new DecoratorSetting(
                turn.Route.CleanResponsePrefix,
                window,
                services.Tokens,
                services.FailsLoudly,
                LimitsCalls: pool.Kind.RunsToolsOf(pool.Definition) is { } dialect && dialect == turn.Request.Extensions?.Dialect
            );
            var upstream = UpstreamDecorators.Around(pool.Upstream, can, turn.Request, _context, setting);
            var call = new UpstreamCall(
                target,
                turn.Request,
                _context,
                sampling,
                services.Leases.CredentialOf(lease),
                thread?.ConversationId,
                further,
                lease.Account
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
            var failure = RetryRules.Read(exception.Failure, isContinued: thread is not null, hasSealed: SealedReasoning.IsIn(_context));
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

    private TokenUsage UsageOf(IUpstreamReply reply, bool isContinued) =>
        ToldUsage.Of(reply, turn.Log)
        ?? new TokenUsage(
            turn.PromptTokens,
            CountReply(),
            isContinued ? Math.Max(0, turn.PromptTokens - services.Tokens.CountLast(turn.Context.AsSpan())) : 0
        );

    /// <summary>Reads the reply into the log until it ends or no more tokens can be reserved for it.</summary>
    /// <returns>Whether the reply was cut because a limit leaves no more.</returns>
    private async Task<bool> ReceiveAsync(IUpstreamReply reply, ReplyAllowance allowance)
    {
        if (!allowance.IsLimited)
        {
            while (await reply.ReadAsync(turn, turn.Stopping))
            {
                turn.TellAll();
                if (await IsTooLongAsync())
                {
                    return true;
                }
            }

            return false;
        }

        var held = new HeldEvents(services.Tokens);
        for (var more = true; more; )
        {
            more = await reply.ReadAsync(held, turn.Stopping);
            var isOver = !await allowance.ReceiveAsync(held.Count()) && !_maximum.EndsReply(allowance);
            if (isOver && (more || allowance.Excess > 0))
            {
                held.ReleaseWithoutLast(turn, allowance.Excess);
                turn.EndMessages();
                return true;
            }

            held.Release(turn);
            if (more)
            {
                turn.TellAll();
            }

            if (more && await IsTooLongAsync())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the reply has all the bytes that it may have; it then ends like a reply that reached its maximum length. Notices a stop too: what has come already is read without a wait.</summary>
    private async ValueTask<bool> IsTooLongAsync()
    {
        if (turn.Log.Bytes.Length < services.Options.MaxReplyBytes && await journal.MayGrowAsync(turn))
        {
            turn.Stopping.ThrowIfCancellationRequested();
            return false;
        }

        turn.EndMessages();
        return true;
    }

    private long ActualTokens(IUpstreamReply reply, ReplyAllowance allowance) =>
        ToldUsage.Of(reply, turn.Log) is { } reported ? reported.TotalTokens : CountedTokens(allowance) + reply.DroppedBytes;

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

    /// <summary>An upstream that refuses a prompt as too long does not say how much of the prompt the tools take.</summary>
    private TurnError WithToolTokens(TurnError error) =>
        error.Kind == TurnErrorKind.ContextLengthExceeded && services.Tokens.CountTools(turn.Request) is > 0 and var tools
            ? error with
            {
                Message = $"{error.Message} The tools alone have {tools} tokens.",
            }
            : error;

    private static TurnResult Failed(TurnError error) => new(ResponseStatus.Failed, Error: error);

    private TurnResult Stopped(UpstreamFailure? lastFailure) =>
        turn.StopReason switch
        {
            StopReason.Caller or StopReason.Abandoned => new TurnResult(ResponseStatus.Cancelled),
            StopReason.Deadline when lastFailure is { } failure => Failed(RetryRules.ToError(failure)),
            StopReason.Deadline => Failed(
                new TurnError(
                    TurnErrorKind.UpstreamTimeout,
                    turn.IsBeyondWholeTime
                        ? $"The reply took longer than the {turn.Request.MaxTime.TotalSeconds:0.#} s allowed."
                        : $"Nothing came from the upstream for the {turn.Request.Timeout.TotalSeconds:0.#} s allowed."
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
