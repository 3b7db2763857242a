using System.Buffers;
using System.Collections.Immutable;
using FlowGpt.Grains.Affinity;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Chat;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Replies;
using FlowGpt.Grains.Reservations;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// Carries one turn from an account to the end of its text: leases, calls the upstream, filters the reply into the log, settles, and
/// tries other accounts while nothing has been served. Runs on the conversation's scheduler, outside any grain call.
/// </summary>
internal sealed class TurnPump(ActiveTurn turn, TurnServices services, UpstreamThread? storedThread)
{
    private readonly IUpstream _upstream = services.Upstream(turn.Model.Upstream);
    private readonly AccountQueue _accounts = new(turn, services);
    private readonly ArrayBufferWriter<byte> _received = new(512);
    private readonly ArrayBufferWriter<byte> _filtered = new(512);
    private ImmutableArray<string> _excluded = [];
    private UpstreamThread? _thread = storedThread;
    private readonly List<string> _calls = [];
    private bool _served;
    private bool _uncertain;

    /// <summary>What was sent and served so far, with an outcome.</summary>
    public TurnResult EndAs(TurnResult outcome) =>
        outcome with
        {
            Sent = _served || _uncertain,
            Calls = [.. _calls],
            Estimated = _uncertain,
        };

    public async Task<TurnResult> RunAsync()
    {
        var attempts = 0;
        UpstreamFailure? lastFailure = null;
        try
        {
            _thread ??= await FindThread();
            while (true)
            {
                var acquired = await _accounts.AcquireAsync(_thread?.Account, _excluded, turn.PromptTokens, turn.Options.MaxOutputTokens);
                if (acquired is not AcquireResult.Granted { Lease: var lease })
                {
                    // The first failure tells the client more than "and now no account is left".
                    return EndAs(
                        Failed(lastFailure is null ? RetryRules.ToError((AcquireResult.Rejected)acquired) : RetryRules.ToError(lastFailure))
                    );
                }

                turn.Serving = new ResponseServing(lease.Account, ++attempts, _accounts.Waited, lease.Headroom);
                var thread = _thread?.Account == lease.Account ? _thread : null;
                _thread = null;
                var (result, failure) = await AttemptAsync(lease, thread);
                if (result is not null)
                {
                    return EndAs(result);
                }

                lastFailure = failure!;
                if (thread is not null && failure!.Class == FailureClass.Caller && !turn.Log.HasText)
                {
                    // The upstream may have forgotten the conversation that was to be continued: send the whole context instead.
                    continue;
                }

                if (!RetryRules.MayRetry(failure!, turn.Log.HasText, attempts, services.Options.MaxAttempts))
                {
                    return EndAs(Failed(RetryRules.ToError(failure!)));
                }

                _excluded = _excluded.Add(lease.Account);
            }
        }
        catch (OperationCanceledException) when (turn.Stopping.IsCancellationRequested)
        {
            return EndAs(Stopped(lastFailure));
        }
    }

    private async Task<(TurnResult? Result, UpstreamFailure? Failure)> AttemptAsync(Lease lease, UpstreamThread? thread)
    {
        var held = services.Leases.Hold(turn.Model.Pool, lease, AccountQueue.TurnOf(turn));
        var allowance = new ReplyAllowance(turn.PromptTokens, turn.Options.MaxOutputTokens, held, turn.KeyUse);
        if (services.Admission.IsCutOff)
        {
            turn.Stop(StopReason.Isolated);
        }

        if (turn.Stopping.IsCancellationRequested)
        {
            held.Settle(sent: false, actualTokens: null, failure: null);
            turn.Stopping.ThrowIfCancellationRequested();
        }

        using var span = TurnTrace.Attempt(turn, lease.Account);
        await using var lost = held.Lost.UnsafeRegister(static state => ((ActiveTurn)state!).Stop(StopReason.LeaseLost), turn);
        var answered = false;
        try
        {
            var request = new UpstreamRequest(turn.Model, turn.Context, turn.Options, lease.Credential, thread?.ConversationId);
            await using var reply = await _upstream.OpenAsync(request, turn.Stopping);
            held.MarkAnswered();
            TurnTrace.Answered(span);
            _calls.Add(lease.Account);
            _served = answered = true;
            var (finish, whole) = await ReceiveAsync(reply, allowance);
            services.Instruments.Succeeded(lease.Account);
            held.Settle(sent: true, ActualTokens(allowance), failure: null);
            return (Completed(finish, whole, lease.Account, thread, reply.UpstreamConversationId), null);
        }
        catch (UpstreamException exception)
        {
            TurnTrace.Failed(span, exception.Failure);
            services.Instruments.Failed(lease.Account, exception.Failure.Reason);
            if (exception.MayHaveBeenSent && !answered)
            {
                _calls.Add(lease.Account);
                _uncertain |= exception.Failure.StatusCode is null;
            }

            held.Settle(exception.MayHaveBeenSent, exception.MayHaveBeenSent ? ActualTokens(allowance) : null, exception.Failure);
            return (null, exception.Failure);
        }
        catch
        {
            // Stopped, or a defect: the request may be on its way, so the account's windows keep it.
            TurnTrace.Stopped(span, turn.StopReason);
            services.Instruments.Stopped(lease.Account);
            if (!answered)
            {
                _calls.Add(lease.Account);
                _uncertain = true;
            }

            held.Settle(sent: true, ActualTokens(allowance), failure: null);
            throw;
        }
    }

    private async Task<(FinishReason Finish, bool Whole)> ReceiveAsync(IUpstreamReply reply, ReplyAllowance allowance)
    {
        var filter = new ReplyFilter(turn.Model.CleanResponsePrefix, turn.Options);
        while (filter.Ended is null && await reply.ReadAsync(_received, turn.Stopping))
        {
            var cut = allowance.IsLimited && !await allowance.ReceiveAsync(services.Tokens.Count(_received.WrittenSpan));
            filter.Append(cut ? services.Tokens.WithoutLast(_received.WrittenSpan, allowance.Excess) : _received.WrittenSpan, _filtered);
            _received.ResetWrittenCount();
            Serve();
            if (cut && filter.Ended is null)
            {
                filter.Finish(_filtered);
                Serve();
                return (FinishReason.Length, false);
            }
        }

        var whole = filter.Ended is null;
        filter.Finish(_filtered);
        Serve();
        return (filter.Ended ?? FinishReason.Stop, whole && filter.Ended is null);
    }

    private void Serve()
    {
        turn.Append(_filtered.WrittenSpan);
        _filtered.ResetWrittenCount();
    }

    private TurnResult Completed(FinishReason finish, bool whole, string account, UpstreamThread? continued, string? conversationId)
    {
        // A reply that was cut is not what the upstream remembers, so its conversation does not stand for this context.
        var thread = whole && conversationId is not null ? new UpstreamThread(account, conversationId) : null;
        var cached = continued is null ? 0 : Math.Max(0, turn.PromptTokens - services.Tokens.Count(turn.Context[^1].Content));
        return new TurnResult(ResponseStatus.Completed, finish, CachedTokens: cached, Thread: thread);
    }

    private TurnResult Failed(TurnError error) => new(ResponseStatus.Failed, Error: error);

    private TurnResult Stopped(UpstreamFailure? lastFailure) =>
        turn.StopReason switch
        {
            StopReason.Caller or StopReason.Abandoned => new TurnResult(ResponseStatus.Cancelled),
            StopReason.Deadline when lastFailure is not null => Failed(RetryRules.ToError(lastFailure)),
            StopReason.Deadline => Failed(
                new TurnError(
                    TurnErrorKind.UpstreamTimeout,
                    $"The reply took longer than the {turn.Start.Timeout.TotalSeconds:0.#} s allowed."
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

    // What was received, also where the client got less of it.
    private long ActualTokens(ReplyAllowance allowance) =>
        Math.Max(allowance.IsLimited ? allowance.Used : 0, turn.PromptTokens + services.Tokens.Count(turn.Log.Text));

    private async Task<UpstreamThread?> FindThread()
    {
        var context = turn.Context;
        if (turn.Start.Stored || !_upstream.KeepsConversations || context.Length < 2 || context[^2].Role != ChatRole.Assistant)
        {
            return null;
        }

        using var hash = new ContextHash(turn.Start.ClientKeyId, turn.Start.Model);
        hash.Add(context.AsSpan(0, context.Length - 1));
        var key = hash.Current();
        try
        {
            return await services.Grains.GetGrain<IAffinityIndexGrain>(IAffinityIndexGrain.ShardOf(key)).Take(key);
        }
        catch (Exception exception)
            when (exception
                    is SiloUnavailableException
                        or OrleansMessageRejectionException
                        or TimeoutException
                        or OperationCanceledException
            )
        {
            // A hint that cannot be had: the whole context goes upstream.
            return null;
        }
    }
}
