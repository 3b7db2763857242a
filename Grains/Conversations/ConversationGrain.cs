using System.Collections.Immutable;
using System.Text;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Chat;
using FlowGpt.Grains.Interfaces.Conversations;
using Microsoft.Extensions.Logging;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// Gives a stored conversation its identity, storage and scheduler. The rules are <see cref="Conversation"/>'s, the work
/// <see cref="TurnPump"/>'s.
/// </summary>
[GrainType("conversation"), ConversationPlacement, CollectionAgeLimit(Minutes = 10)]
internal sealed partial class ConversationGrain : Grain, IConversationGrain
{
    private readonly TurnServices _services;
    private readonly TurnCourse _course;
    private readonly ILogger<ConversationGrain> _logger;
    private readonly Guid _epoch;
    private readonly IPersistentState<ConversationState> _stored;
    private ActiveTurn? _turn;
    private Task _run = Task.CompletedTask;
    private Task _delivery = Task.CompletedTask;
    private int? _shownOutbox = 0;
    private bool _isLeaving;

    public ConversationGrain(
        [PersistentState("conversation")] IPersistentState<ConversationState> stored,
        TurnServices services,
        TurnCourse course,
        ILogger<ConversationGrain> logger
    )
    {
        _stored = stored;
        _services = services;
        _course = course;
        _logger = logger;
        _epoch = Guid.CreateVersion7(services.Time.GetUtcNow());
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (new Conversation(_stored.State).EndInterrupted(_services.Time.GetUtcNow()))
        {
            await _stored.WriteStateAsync(cancellationToken);
        }

        _delivery = DeliverOutbox(_stored.State);
    }

    public async ValueTask<StartResult> Start(StartTurn turn)
    {
        if (Joined(turn) is { } joined)
        {
            return joined;
        }

        _services.Registry.Enter();
        try
        {
            return await Begin(turn);
        }
        finally
        {
            _services.Registry.Leave();
        }
    }

    private async ValueTask<StartResult> Begin(StartTurn turn)
    {
        if (_services.Admission.IsClosed)
        {
            DeactivateOnIdle();
            throw TurnCourse.TakesNone();
        }

        if (_isLeaving)
        {
            return NotStored();
        }

        if (await _services.FindModel(turn.Model) is not { } model)
        {
            return TurnCourse.ModelNotFound(turn.Model);
        }

        var conversation = new Conversation(_stored.State);
        var whole = conversation.ContextFor(turn.Messages);
        var tokens = _services.Tokens;
        var (context, promptTokens) = ContextFit.DropOldest(whole, tokens.CountPrompt(whole), model.ContextWindow, tokens.CountMessage);
        var (active, refused) = await _course.AdmitAsync(turn, model, context, promptTokens);
        if (active is null)
        {
            return refused!;
        }

        var thread = conversation.ThreadFor(context, turn.Model);
        if (!(await EnterIndex(turn) && await TryAccept(_stored, active)))
        {
            active.Dispose();
            await _services.Keys.SettleAsync(active.KeyUse, tokens: null);
            return NotStored();
        }

        _turn?.Dispose();
        _turn = active;
        _services.Registry.Add(active);
        _run = RunAsync(active, whole, thread);
        return TurnCourse.Accepted(active);
    }

    public ValueTask<ResponseSlice> Read(string responseId, int fromSequence, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        if (_turn is not { } turn || turn.Start.ResponseId != responseId)
        {
            return new(ActiveTurn.UnknownSlice(_epoch, fromSequence));
        }

        var wait = turn.WaitForNews(fromSequence, maxWait, cancellationToken);
        return wait.IsCompleted ? new(turn.Slice(_epoch, fromSequence)) : SliceAfter(wait, turn, fromSequence);
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
    public ValueTask<bool> FinishPending() => new(IsFinished(_stored.State));

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
        if (reason.ReasonCode == DeactivationReasonCode.ActivationIdle)
        {
            await ForgetDelivered(_stored);
        }

        ShowOutbox(0);
        _shownOutbox = null;
        _turn?.Dispose();
    }

    private async ValueTask<ResponseSlice> SliceAfter(Task wait, ActiveTurn turn, int fromSequence)
    {
        await wait;
        return turn.Slice(_epoch, fromSequence);
    }

    /// <summary>The answer to a turn that needs no new run: it joins one, repeats one, or meets one that is in its way.</summary>
    private StartResult? Joined(StartTurn start)
    {
        if (_turn is { } current)
        {
            if (current.Start.ResponseId == start.ResponseId || (IsRepetition(start, current.Start.Fingerprint) && !HasFailed(current)))
            {
                return TurnCourse.Accepted(current);
            }

            if (!current.Log.IsClosed)
            {
                return TurnCourse.Refuse(
                    TurnErrorKind.ConversationLocked,
                    "Another process is currently operating on this conversation. Please retry in a few seconds.",
                    "conversation"
                );
            }
        }

        if (_stored.State.Last is { } last && IsRepetition(start, last.Fingerprint))
        {
            return TurnCourse.Accepted(Replay(start, last, _stored.State.Messages[^1]));
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

    private async Task RunAsync(ActiveTurn turn, ImmutableArray<ChatMessage> whole, UpstreamThread? thread)
    {
        // Everything below is the span's child, whatever call it was begun in.
        using var span = TurnTrace.Begin(turn);
        var result = await _course.RunAsync(turn, thread);
        var usage = turn.Usage(result, _services.Tokens.Count(turn.Log.Text));
        await _services.Keys.SettleAsync(turn.KeyUse, usage.Usage.TotalTokens);
        result = await Store(_stored, turn, whole, result, usage);
        TurnTrace.End(span, turn, result, usage.Usage);
        turn.Close(result.Status, new ResponseOutcome(result.FinishReason, usage.Usage, result.Error));
    }

    private static StartResult.Refused NotStored() =>
        TurnCourse.Refuse(TurnErrorKind.Interrupted, "The turn could not be stored. Please send it again.", null);
}
