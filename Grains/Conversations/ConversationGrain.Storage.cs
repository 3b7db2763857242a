using FlowGpt.Grains.Conversations.Pending;
using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Grains.Turns;
using Orleans.Storage;

namespace FlowGpt.Grains.Conversations;

/// <summary>The writes of a stored conversation, and the delivery of the usage that they hold.</summary>
internal sealed partial class ConversationGrain
{
    // Booked, and in no outbox in memory; the record may still hold them.
    private readonly List<UsageEvent> _delivered = [];

    private static readonly TimeSpan FirstIndexPause = TimeSpan.FromMilliseconds(250);

    // Names the latest turn in the index.
    private Guid _entry;

    // Which part of the index has it.
    private long _shard;

    /// <summary>
    /// Enters the conversation into the index of those that may have something to finish. Done before the turn is written, so that all that a crash leaves is found.
    /// </summary>
    private async Task<bool> EnterIndex(TurnRequest turn)
    {
        var conversation = this.GetPrimaryKeyString();
        _entry = Guid.CreateVersion7(_services.Time.GetUtcNow());
        _shard = IPendingTurnsGrain.ShardOf(conversation);
        for (var (attempt, pause) = (1, FirstIndexPause); ; attempt++, pause *= 2)
        {
            try
            {
                await Index(_shard).Enter(conversation, _entry);
                return true;
            }
            catch (Exception exception)
            {
                LogNotIndexed(exception, turn.ResponseId, attempt);
                // Calls to a part whose silo stops or is not yet known to be dead hang or fail; other parts serve as well, since all parts are swept.
                _shard = (_shard + 1) % IPendingTurnsGrain.Shards;
                if (attempt == IPendingTurnsGrain.Shards)
                {
                    return false;
                }
            }

            await Task.Delay(pause, _services.Time);
        }
    }

    private async Task TryRenew()
    {
        try
        {
            await _stored.RenewAsync();
        }
        catch (Exception exception)
        {
            // Half of the pages' time is left: the next turn tries again.
            LogNotRenewed(exception);
        }
    }

    private Task<bool> TryAccept(ConversationStore stored, ActiveTurn turn)
    {
        var start = turn.Request;
        new Conversation(stored.State).Accept(
            new PendingTurn(start.ResponseId, start.ClientKeyId, start.Route, turn.AcceptedAt, turn.PromptTokens)
        );
        return TryWrite(stored, turn, now => now.Pending?.ResponseId == start.ResponseId);
    }

    // What an earlier silo left was ended when this activation began; what runs here ends by itself.
    private bool IsFinished(ConversationState state)
    {
        if (state.Outbox.Count > 0 && _delivery.IsCompleted)
        {
            _delivery = DeliverOutbox(state);
        }

        return state.Pending is null && state.Outbox.Count == 0 && _run.IsCompleted;
    }

    private static TurnResult NotStoredResult =>
        new(
            ResponseStatus.Failed,
            Error: new TurnError(TurnErrorKind.Interrupted, "The reply could not be stored. Please send the turn again."),
            Sent: true
        );

    ValueTask<UpstreamThread?> ITurnJournal.FindThreadAsync(ActiveTurn turn) =>
        new(new Conversation(_stored.State).ThreadFor(turn.Context, Conversation.SettingOf(turn.Request)));

    async ValueTask<TurnResult> ITurnJournal.EndAsync(ActiveTurn turn, TurnResult result, UsageEvent usage)
    {
        var conversation = new Conversation(_stored.State);
        _held = 0;
        if (_running is not null)
        {
            _stored.State.KeptBytes += StoredSize.OfEvents(turn.Log);
        }

        if (result.Status == ResponseStatus.Completed)
        {
            conversation.Complete(
                _whole,
                new CompletedTurn(
                    turn.Request.ResponseId,
                    turn.Request.Fingerprint,
                    turn.AcceptedAt,
                    result.FinishReason!.Value,
                    usage.Usage
                ),
                turn.Log.ToItems(
                    turn.Request.Continuation is null ? null : turn.Request.ResponseId,
                    isCut: result.FinishReason is FinishReason.Length or FinishReason.ContentFilter
                ),
                Conversation.SettingOf(turn.Request),
                _whole.Length == turn.Context.Length ? result.Thread : null,
                usage,
                _options.MaxStoredBytes
            );
        }
        else
        {
            conversation.Abort(usage);
        }

        var isWritten = await TryWrite(_stored, turn, now => now.Outbox.Exists(due => due.ResponseId == turn.Request.ResponseId));
        await EndHold();
        if (isWritten && await TryEndKept(turn, result.Status, turn.OutcomeOf(result, usage)))
        {
            _delivery = DeliverAndLeaveIndex(_stored.State, _shard, _entry);
            return result;
        }

        if (isWritten)
        {
            _delivery = DeliverAndLeaveIndex(_stored.State, _shard, _entry);
            return NotStoredResult;
        }

        new Conversation(_stored.State).Abort(usage with { ErrorKind = TurnErrorKind.Interrupted });
        _delivery = DeliverOutbox(_stored.State);
        return NotStoredResult;
    }

    /// <summary>
    /// Writes the record. A write that failed may have reached the disk all the same, so the record is read back: the memory is then
    /// what is stored. If that fails too, this activation takes no further turn.
    /// </summary>
    private async Task<bool> TryWrite(ConversationStore stored, ActiveTurn turn, Func<ConversationState, bool> hasLanded)
    {
        try
        {
            await WriteAndRelease(stored);
            return true;
        }
        catch (Exception exception)
        {
            LogStoreFailed(exception, turn.Request.ResponseId);
            // Another activation has written: this activation is no longer the conversation's only activation.
            _isLeaving = exception is InconsistentStateException;
        }

        try
        {
            await stored.ReadAgainAsync();
        }
        catch (Exception exception)
        {
            LogStoreFailed(exception, turn.Request.ResponseId);
            _isLeaving = true;
        }

        if (_isLeaving)
        {
            DeactivateOnIdle();
            return false;
        }

        return hasLanded(stored.State);
    }

    /// <summary>Books what is due; what was booked leaves the record with its next write. The ledger takes each event once.</summary>
    private async Task DeliverOutbox(ConversationState state)
    {
        ShowOutbox(state.Outbox.Count);
        foreach (var usage in state.Outbox.ToArray())
        {
            try
            {
                var ledger = GrainFactory.GetGrain<IUsageLedgerGrain>(IUsageLedgerGrain.KeyOf(usage.ClientKeyId, usage.At));
                await ledger.Record(usage);
                state.Outbox.Remove(usage);
                ShowOutbox(state.Outbox.Count);
                _delivered.Add(usage);
            }
            catch (Exception exception)
            {
                LogUsageUndelivered(exception, usage.ResponseId);
            }
        }
    }

    /// <summary>A turn whose end is durable and booked leaves the index; for any other turn the sweep finds out what there is to do.</summary>
    private async Task DeliverAndLeaveIndex(ConversationState state, long shard, Guid entry)
    {
        await DeliverOutbox(state);
        if (state.Outbox.Count == 0)
        {
            await Index(shard).Leave(this.GetPrimaryKeyString(), entry);
        }
    }

    private IPendingTurnsGrain Index(long shard) => GrainFactory.GetGrain<IPendingTurnsGrain>(shard);

    // What this activation has shown is taken back when it ends; a delivery that continues after that shows nothing more.
    private void ShowOutbox(int count)
    {
        if (_shownOutbox is { } shown)
        {
            _services.UsageInstruments.OutboxChanged(count - shown);
            _shownOutbox = count;
        }
    }

    /// <summary>Writes the record, and lets the ledgers forget the events that are not in it any more: they can never be delivered again.</summary>
    private async Task WriteAndRelease(ConversationStore stored)
    {
        // Of now: what is delivered while the write is under way may be in it.
        var gone = _delivered.FindAll(usage => !stored.State.Outbox.Exists(due => due.ResponseId == usage.ResponseId));
        await stored.WriteAsync();
        foreach (var ledger in gone.GroupBy(static usage => IUsageLedgerGrain.KeyOf(usage.ClientKeyId, usage.At)))
        {
            // Not awaited, nor repeated: a ledger that is not told keeps 16 bytes.
            GrainFactory
                .GetGrain<IUsageLedgerGrain>(ledger.Key)
                .Release([.. ledger.Select(static usage => usage.ResponseId)])
                .AsTask()
                .Ignore();
        }

        _delivered.RemoveAll(gone.Contains);
    }

    /// <summary>Before a conversation that had its last turn leaves memory: otherwise its ledger would have to keep that turn's id for ever.</summary>
    private async Task ForgetDelivered(ConversationStore stored)
    {
        if (_isLeaving || _delivered.Count == 0)
        {
            return;
        }

        try
        {
            await WriteAndRelease(stored);
        }
        catch (Exception exception)
        {
            LogStoreFailed(exception, _delivered[0].ResponseId);
        }
    }
}
