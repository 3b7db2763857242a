using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Turns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Conversations;

/// <summary>
/// Gives a stored conversation its identity, storage and scheduler, and is the journal of its turns. The rules are <see cref="Conversation"/>'s, the work is
/// <see cref="TurnRunner"/>'s.
/// </summary>
[GrainType("conversation"), TurnPlacement, CollectionAgeLimit(Minutes = 10)]
internal sealed partial class ConversationGrain : Grain, IConversationGrain, ITurnJournal
{
    private readonly TurnServices _services;
    private readonly TurnRunner _runner;
    private readonly ILogger<ConversationGrain> _logger;
    private readonly Guid _epoch;
    private readonly ConversationStore _stored;
    private readonly ConversationOptions _options;
    private readonly ItemTokens _tokens;
    private ActiveTurn? _turn;

    // The running turn's context before stored turns were left out to fit the window.
    private ImmutableArray<Item> _whole = [];
    private Task _run = Task.CompletedTask;
    private Task _delivery = Task.CompletedTask;
    private int? _shownOutbox = 0;
    private bool _isLeaving;

    public ConversationGrain(
        [PersistentState("conversation")] IPersistentState<ConversationState> stored,
        TurnServices services,
        TurnRunner runner,
        IOptions<ConversationOptions> options,
        ILogger<ConversationGrain> logger
    )
    {
        _services = services;
        _runner = runner;
        _options = options.Value;
        _tokens = new(services.Tokens);
        _stored = new(stored, services.Storage, this.GetPrimaryKeyString(), CountAsync, _options.Retention, services.Time, logger);
        var client = ConversationKey.ClientOf(this.GetPrimaryKeyString());
        _share = new(
            ApiKeyToken.IsId(client) ? services.Grains.GetGrain<IStoredBytesGrain>(client) : null,
            this.GetPrimaryKeyString(),
            _options.Retention,
            services.Time
        );
        _responses = new(services.Storage, this.GetPrimaryKeyString());
        _logger = logger;
        _epoch = Guid.CreateVersion7(services.Time.GetUtcNow());
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _share.Load(_stored.State.Counted);
        if (new Conversation(_stored.State).EndInterrupted(_services.Time.GetUtcNow()))
        {
            await _stored.WriteAsync();
            // What the reply that was interrupted held.
            await _share.EndHoldAsync();
        }

        _delivery = DeliverOutbox(_stored.State);
    }

    public async ValueTask<StartResult> Start(TurnRequest turn)
    {
        await _stored.LoadAsync();
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

    private async ValueTask<StartResult> Begin(TurnRequest turn)
    {
        if (_services.Admission.IsClosed)
        {
            DeactivateOnIdle();
            throw TurnRunner.TakesNone();
        }

        if (_isLeaving)
        {
            return NotStored();
        }

        if (await _services.FindRoute(turn.Route) is not { } route)
        {
            return TurnRunner.RouteNotFound(turn.Route);
        }

        if (turn.Continuation is { } continuation)
        {
            if (await Continue(continuation) is { } cannot)
            {
                return cannot;
            }

            if ((FindNothing(turn.Input) ?? FindReferences(turn.Input) ?? FindCalls(turn.Input)) is { } unknown)
            {
                return unknown;
            }

            turn = turn with { Input = ItemIds.Assign(turn.Input.RemoveAll(ItemReferences.Is), turn.ResponseId, _stored.State.Items) };
        }

        var (whole, context, promptTokens) = ContextOf(turn, route);
        var (active, refused) = await _runner.AdmitAsync(turn, route, context, promptTokens);
        if (active is null)
        {
            return refused!;
        }

        await TryRenew();
        _running = null;
        var full = await TakeRoom(turn, whole);
        if (full is not null || !(await EnterIndex(turn) && await TryKeep(active) && await TryAccept(_stored, active)))
        {
            active.Dispose();
            await (_running?.WithdrawAsync() ?? Task.CompletedTask);
            await GiveBackRoom();
            await _services.Keys.SettleAsync(active.KeyUse, tokens: null);
            return full ?? NotStored();
        }

        _turn?.Dispose();
        _turn = active;
        _services.Registry.Add(active);
        _whole = whole;
        _run = _runner.RunAsync(active, this);
        _ = _running?.CheckpointAsync(_run);
        return TurnRunner.Accepted(active);
    }

    /// <summary>The turn's whole context, and what of it is sent.</summary>
    private (ImmutableArray<Item> Whole, ImmutableArray<Item> Context, int PromptTokens) ContextOf(TurnRequest turn, Route route)
    {
        var conversation = new Conversation(_stored.State);
        var whole = turn.Continuation is null ? conversation.ContextFor(turn.Input) : [.. _stored.State.Items, .. turn.Input];
        var promptTokens = _tokens.CountPrompt(turn, whole);
        if (turn.Continuation is { RefusesLongContext: true })
        {
            return (whole, whole, promptTokens);
        }

        var incoming = turn.Continuation is null
            ? conversation.IncomingOf(whole, turn.Input)
            : Math.Min(turn.Input.IsEmpty ? whole.Length : turn.Input.Length, ContextFit.NewestOf(whole));
        var (context, fitting) = ContextFit.DropOldest(
            whole,
            incoming,
            promptTokens,
            route.ContextWindow ?? int.MaxValue,
            _tokens.CountItem
        );
        return (whole, context, fitting);
    }

    public ValueTask<ResponseSlice> Read(string responseId, int fromSequence, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        if (_turn is not { } turn || turn.Request.ResponseId != responseId)
        {
            return SliceOfKept(responseId, fromSequence);
        }

        var wait = turn.WaitForNews(fromSequence, maxWait, cancellationToken);
        if (!wait.IsCompleted)
        {
            return SliceAfter(wait, turn, fromSequence);
        }

        wait.GetAwaiter().GetResult();
        return new(turn.Slice(_epoch, fromSequence));
    }

    public ValueTask Cancel(string responseId)
    {
        if (_turn is { } turn && turn.Request.ResponseId == responseId)
        {
            turn.Stop(StopReason.Caller);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask Leave(string responseId)
    {
        if (_turn is { } turn && turn.Request.ResponseId == responseId)
        {
            turn.Leave(_services.Options.DisconnectGrace);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask Keep(string responseId)
    {
        if (_turn is { } turn && turn.Request.ResponseId == responseId)
        {
            turn.Keep();
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

    private async ValueTask<ResponseSlice> SliceAfter(ValueTask wait, ActiveTurn turn, int fromSequence)
    {
        await wait;
        return turn.Slice(_epoch, fromSequence);
    }

    /// <summary>The answer to a turn that needs no new run: it joins a running turn, repeats an ended turn, or is refused because another turn runs.</summary>
    private StartResult? Joined(TurnRequest start)
    {
        if (_turn is { } current)
        {
            if (current.Request.ResponseId == start.ResponseId || (IsRepetition(start, current.Request.Fingerprint) && !HasFailed(current)))
            {
                return TurnRunner.Accepted(current);
            }

            if (!current.Log.IsClosed)
            {
                return TurnRunner.Refuse(
                    TurnErrorKind.ConversationLocked,
                    "Another process is currently operating on this conversation. Please retry in a few seconds.",
                    "conversation"
                );
            }
        }

        if (_stored.State.Last is { } last && IsRepetition(start, last.Fingerprint))
        {
            return TurnRunner.Accepted(Replay(start, last, _stored.State));
        }

        return null;
    }

    private static bool IsRepetition(TurnRequest start, Digest fingerprint) => start.IsIdempotent && start.Fingerprint == fingerprint;

    private static bool HasFailed(ActiveTurn turn) => turn.Log.Status is ResponseStatus.Failed or ResponseStatus.Cancelled;

    private ActiveTurn Replay(TurnRequest start, CompletedTurn last, ConversationState state)
    {
        var route = _services.Models.Find(start.Route) ?? _services.Models.Catalog.Models[0];
        var replay = new ActiveTurn(start with { ResponseId = last.ResponseId }, route, [], last.Usage.PromptTokens, _services.Time)
        {
            AcceptedAt = last.StartedAt,
        };
        _turn?.Dispose();
        ItemEvents.Write(replay, state.Items.TakeLast(state.LastItems));
        replay.Close(ResponseStatus.Completed, new ResponseOutcome(last.FinishReason, last.Usage, null, last.StartedAt));
        _turn = replay;
        return replay;
    }

    private static StartResult.Refused NotStored() =>
        TurnRunner.Refuse(TurnErrorKind.Interrupted, "The turn could not be stored. Please send it again.", null);
}
