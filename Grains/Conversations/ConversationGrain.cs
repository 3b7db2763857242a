using System.Collections.Immutable;
using System.Text;
using FlowGpt.Grains.Affinity;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Chat;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Models;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// Gives a conversation its identity, storage and scheduler. The rules are <see cref="Conversation"/>'s, the work
/// <see cref="TurnPump"/>'s. A one-turn conversation touches no storage and leaves memory once its end was read.
/// </summary>
[GrainType("conversation"), ConversationPlacement, CollectionAgeLimit(Minutes = 10)]
internal sealed partial class ConversationGrain : Grain, IConversationGrain
{
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(2);

    private readonly TurnServices _services;
    private readonly ILogger<ConversationGrain> _logger;
    private readonly Guid _epoch;
    private readonly IPersistentState<ConversationState>? _stored;
    private ActiveTurn? _turn;
    private Task _run = Task.CompletedTask;
    private Task _delivery = Task.CompletedTask;
    private int? _shownOutbox = 0;
    private bool _isLeaving;

    public ConversationGrain(
        IGrainContext context,
        IPersistentStateFactory states,
        TurnServices services,
        ILogger<ConversationGrain> logger
    )
    {
        _services = services;
        _logger = logger;
        _epoch = Guid.CreateVersion7(services.Time.GetUtcNow());
        // Only a stored conversation may cost a storage read when it is activated.
        if (ConversationKey.IsStored(context.GrainId.Key.ToString()!))
        {
            _stored = states.Create<ConversationState>(context, new PersistentStateAttribute("conversation"));
        }
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (_stored is not null)
        {
            if (new Conversation(_stored.State).EndInterrupted(_services.Time.GetUtcNow()))
            {
                await _stored.WriteStateAsync(cancellationToken);
            }

            _delivery = DeliverOutbox(_stored.State);
        }
    }

    public async ValueTask<StartResult> Start(StartTurn turn)
    {
        if (Joined(turn) is { } joined)
        {
            return joined;
        }

        if (_services.Admission.IsClosed)
        {
            DeactivateOnIdle();
            throw new GatewayTooBusyException("This silo takes no new turns; the turn belongs on another one.");
        }

        if (_isLeaving)
        {
            return NotStored();
        }

        if (await _services.FindModel(turn.Model) is not { } model)
        {
            return Refuse(TurnErrorKind.ModelNotFound, $"The model '{turn.Model}' does not exist.", "model");
        }

        var conversation = _stored is null ? null : new Conversation(_stored.State);
        var whole = conversation?.ContextFor(turn.Messages) ?? turn.Messages;
        var (context, promptTokens) = Fit(whole, model);
        if (promptTokens > model.ContextWindow)
        {
            return Refuse(
                TurnErrorKind.ContextLengthExceeded,
                $"This model's maximum context length is {model.ContextWindow} tokens, but the messages have {promptTokens}. Please shorten them.",
                "messages"
            );
        }

        var admission = await _services.Keys.AdmitAsync(turn, promptTokens);
        if (admission.Error is { } overLimit)
        {
            LeaveUnlessUsed();
            return new StartResult.Refused(overLimit, admission.Headroom);
        }

        var active = new ActiveTurn(turn, model, context, promptTokens, _services.Time) { Admission = admission };
        var thread = conversation?.ThreadFor(context, turn.Model);
        if (_stored is not null && !(await EnterIndex(turn) && await TryAccept(_stored, active)))
        {
            active.Dispose();
            await _services.Keys.SettleAsync(admission, tokens: null);
            return NotStored();
        }

        _turn?.Dispose();
        _turn = active;
        _services.Registry.Add(active);
        _run = RunAsync(active, whole, thread);
        return Accepted(active);
    }

    public ValueTask<ResponseSlice> Read(string responseId, int fromSequence, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        if (_turn is not { } turn || turn.Start.ResponseId != responseId)
        {
            return new(new ResponseSlice(_epoch, fromSequence, [], ResponseStatus.Unknown, null, null));
        }

        var wait = turn.WaitForNews(fromSequence, maxWait < LongestPoll ? maxWait : LongestPoll, cancellationToken);
        return wait.IsCompleted ? new(Slice(turn, fromSequence)) : SliceAfter(wait, turn, fromSequence);
    }

    public ValueTask Cancel(string responseId)
    {
        if (_turn is { } turn && turn.Start.ResponseId == responseId)
        {
            turn.Stop(StopReason.Caller);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> FinishPending() => new(_stored is null || IsFinished(_stored.State));

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (!_run.IsCompleted)
        {
            _turn!.Stop(StopReason.Shutdown);
            await _run.WaitAsync(cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        await _delivery
            .WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (_stored is not null && reason.ReasonCode == DeactivationReasonCode.ActivationIdle)
        {
            await ForgetDelivered(_stored);
        }

        ShowOutbox(0);
        _shownOutbox = null;
        _turn?.Dispose();
    }

    /// <summary>Refused one-turn conversations must not pile up.</summary>
    private void LeaveUnlessUsed()
    {
        if (_stored is null && _turn is null)
        {
            DeactivateOnIdle();
        }
    }

    private async ValueTask<ResponseSlice> SliceAfter(Task wait, ActiveTurn turn, int fromSequence)
    {
        await wait;
        return Slice(turn, fromSequence);
    }

    private ResponseSlice Slice(ActiveTurn turn, int fromSequence)
    {
        var slice = turn.Slice(_epoch, fromSequence);
        if (slice.IsTerminal && _stored is null && !turn.Start.Retained)
        {
            DeactivateOnIdle();
        }

        return slice;
    }

    /// <summary>The answer to a turn that needs no new run: it joins one, repeats one, or meets one that is in its way.</summary>
    private StartResult? Joined(StartTurn start)
    {
        if (_turn is { } current)
        {
            if (current.Start.ResponseId == start.ResponseId || (IsRepetition(start, current.Start.Fingerprint) && !HasFailed(current)))
            {
                return Accepted(current);
            }

            if (!current.Log.IsClosed)
            {
                return _stored is null
                    ? Refuse(TurnErrorKind.IdempotencyConflict, "A request with this Idempotency-Key and another body is running.", null)
                    : Refuse(
                        TurnErrorKind.ConversationLocked,
                        "Another process is currently operating on this conversation. Please retry in a few seconds.",
                        "conversation"
                    );
            }

            if (_stored is null && current.Log.Status == ResponseStatus.Completed)
            {
                return Refuse(TurnErrorKind.IdempotencyConflict, "This Idempotency-Key was used with another body. Use a new key.", null);
            }
        }

        if (_stored?.State.Last is { } last && IsRepetition(start, last.Fingerprint))
        {
            return Accepted(Replay(start, last, _stored.State.Messages[^1]));
        }

        return null;
    }

    private static bool IsRepetition(StartTurn start, UInt128 fingerprint) => start.Retained && start.Fingerprint == fingerprint;

    private static bool HasFailed(ActiveTurn turn) => turn.Log.Status is ResponseStatus.Failed or ResponseStatus.Cancelled;

    private ActiveTurn Replay(StartTurn start, CompletedTurn last, ChatMessage reply)
    {
        var model = _services.Models.Find(start.Model) ?? _services.Models.Catalog.Models[0];
        var replay = new ActiveTurn(start with { ResponseId = last.ResponseId }, model, [], last.Usage.PromptTokens, _services.Time)
        {
            AcceptedAt = last.StartedAt,
        };
        _turn?.Dispose();
        replay.Append(Encoding.UTF8.GetBytes(reply.Content));
        replay.Close(ResponseStatus.Completed, new ResponseOutcome(last.FinishReason, last.Usage, null));
        _turn = replay;
        return replay;
    }

    private (ImmutableArray<ChatMessage> Context, int PromptTokens) Fit(ImmutableArray<ChatMessage> context, ModelEntry model)
    {
        var promptTokens = _services.Tokens.CountPrompt(context);
        return _stored is null
            ? (context, promptTokens)
            : ContextFit.DropOldest(context, promptTokens, model.ContextWindow, _services.Tokens.CountMessage);
    }

    private async Task RunAsync(ActiveTurn turn, ImmutableArray<ChatMessage> whole, UpstreamThread? thread)
    {
        // Everything below is the span's child, whatever call it was begun in.
        using var span = TurnTrace.Begin(turn);
        var pump = new TurnPump(turn, _services, thread);
        TurnResult result;
        try
        {
            result = await pump.RunAsync();
        }
        catch (Exception exception)
        {
            LogPumpFailed(exception, turn.Start.ResponseId);
            result = pump.EndAs(
                new TurnResult(
                    ResponseStatus.Failed,
                    Error: new TurnError(TurnErrorKind.Internal, "The server had an error while processing the request.")
                )
            );
        }

        _services.Registry.Remove(turn);
        var usage = turn.Usage(result, _services.Tokens.Count(turn.Log.Text));
        if (_stored is null)
        {
            // First of all: until it is told, a crash loses it, while a reservation would only expire.
            _services.Usage.Record(usage);
        }

        await _services.Keys.SettleAsync(turn.Admission, usage.Usage.TotalTokens);
        if (_stored is not null)
        {
            result = await Store(_stored, turn, whole, result, usage);
        }
        else
        {
            await Remember(turn, result);
        }

        TurnTrace.End(span, turn, result, usage.Usage);
        turn.Close(result.Status, new ResponseOutcome(result.FinishReason, usage.Usage, result.Error));
    }

    private async Task Remember(ActiveTurn turn, TurnResult result)
    {
        if (result.Thread is not { } thread)
        {
            return;
        }

        using var hash = new ContextHash(turn.Start.ClientKeyId, turn.Start.Model);
        hash.Add(turn.Context.AsSpan());
        hash.Add(new ChatMessage(ChatRole.Assistant, Encoding.UTF8.GetString(turn.Log.Text)));
        var key = hash.Current();
        try
        {
            await GrainFactory.GetGrain<IAffinityIndexGrain>(IAffinityIndexGrain.ShardOf(key)).Put(key, thread);
        }
        catch (Exception exception)
        {
            // The index is a hint: without the entry the next turn costs one more upstream call.
            LogAffinityLost(exception, turn.Start.ResponseId);
        }
    }

    private static StartResult.Accepted Accepted(ActiveTurn turn) =>
        new(turn.Start.ResponseId, turn.AcceptedAt, turn.PromptTokens, turn.Admission.Headroom);

    private static StartResult.Refused NotStored() =>
        Refuse(TurnErrorKind.Interrupted, "The turn could not be stored. Please send it again.", null);

    private static StartResult.Refused Refuse(TurnErrorKind kind, string message, string? param) =>
        new(new TurnError(kind, message, param));
}
