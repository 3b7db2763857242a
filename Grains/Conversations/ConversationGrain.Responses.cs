using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Turns;

namespace FlowGpt.Grains.Conversations;

/// <summary>The kept responses of a conversation.</summary>
internal sealed partial class ConversationGrain
{
    private static readonly ResponseOutcome InterruptedOutcome = new(
        null,
        default,
        new TurnError(TurnErrorKind.Interrupted, "The server that made the response was lost; this is what had been written.")
    );

    private readonly ResponseStore _responses;
    private RunningResponse? _running;

    // The kept response that was read last, should it be read in pieces.
    private KeptResponse? _shown;

    /// <inheritdoc/>
    public async ValueTask<KeptResponse?> GetResponse(string responseId)
    {
        if (_turn is { Request.Keeping: { } keeping } turn && turn.Request.ResponseId == responseId)
        {
            var (request, log) = (turn.Request, turn.Log);
            return new(responseId, request.Route, keeping.Shape, turn.AcceptedAt, log.Status, log.Outcome, log.From(0));
        }

        if (_shown?.ResponseId == responseId)
        {
            return _shown;
        }

        var head = await _responses.ReadHeadAsync(responseId);
        return head.RecordExists ? _shown = await ShowAsync(head.State!) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<ItemPage?> ListInput(string responseId, ItemQuery query)
    {
        var head = await _responses.ReadHeadAsync(responseId);
        return head.RecordExists ? ItemPages.Cut(await _responses.ReadInputAsync(head.State!), query) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<ResponseContext> GetContext(string responseId)
    {
        if (_turn is { Log.IsClosed: false } turn && turn.Request.ResponseId == responseId)
        {
            return new(null, IsRunning: true);
        }

        await _stored.LoadAsync();
        var head = await _responses.ReadHeadAsync(responseId);
        if (!head.RecordExists || head.State is not { Status: ResponseStatus.Completed, EndItem: > 0 })
        {
            return new(null, IsRunning: false);
        }

        var count = (int)Math.Clamp(head.State.EndItem - _stored.State.DroppedItems, 0, _stored.State.Items.Count);
        return new([.. _stored.State.Items.Take(count)], IsRunning: false);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteResponse(string responseId)
    {
        if (_turn is { } turn && turn.Request.ResponseId == responseId)
        {
            turn.Stop(StopReason.Caller);
            await _run;
            _turn = null;
            turn.Dispose();
        }

        var head = await _responses.ReadHeadAsync(responseId);
        if (!head.RecordExists)
        {
            return false;
        }

        if (head.State!.Metadata is not null)
        {
            await List().Remove(responseId);
        }

        // What is not booked yet would keep the conversation.
        await _delivery;
        var bytes = head.State.Bytes;
        await _responses.RemoveAsync(head);
        _shown = _shown?.ResponseId == responseId ? null : _shown;
        await _stored.LoadAsync();
        var state = _stored.State;
        if (state.Last?.ResponseId == responseId)
        {
            state.Last = null;
        }

        state.KeptResponses--;
        state.KeptBytes = Math.Max(0, state.KeptBytes - bytes);
        // The client knows a conversation that was made for its responses by them alone.
        if (state is { KeptResponses: <= 0, CreatedAt: null, IsNamed: false, Outbox.Count: 0 })
        {
            await _stored.ClearAsync();
            await _share.ReleaseAsync();
        }
        else
        {
            await _stored.WriteAsync();
        }

        return true;
    }

    /// <inheritdoc/>
    public async ValueTask<KeptResponse?> SetShape(string responseId, string shape, string metadata)
    {
        var head = await _responses.ReadHeadAsync(responseId);
        if (!head.RecordExists || head.State is not { Outcome: not null, Metadata: not null } record)
        {
            return null;
        }

        (record.Shape, record.Metadata) = (shape, metadata);
        await _responses.WriteHeadAsync(head);
        if (_turn is { Log.IsClosed: true } turn && turn.Request.ResponseId == responseId)
        {
            _turn = null;
            turn.Dispose();
        }

        await List().Change(responseId, metadata);
        return _shown = await ShowAsync(record);
    }

    private IResponseListGrain List() => GrainFactory.GetGrain<IResponseListGrain>(ConversationKey.ClientOf(this.GetPrimaryKeyString()));

    private async Task<KeptResponse> ShowAsync(ResponseRecord record)
    {
        var events = await _responses.ReadEventsAsync(record);
        var (status, outcome) = record.Outcome is { } ended
            ? (record.Status, ended)
            : (ResponseStatus.Failed, InterruptedOutcome with { Usage = UsageSoFar(record, events) });
        return new(record.ResponseId, record.Route, record.Shape, record.CreatedAt, status, outcome, events);
    }

    /// <summary>What a response used that a crash cut off, as far as the response was written: counted, as the provider's figures are not known.</summary>
    private TokenUsage UsageSoFar(ResponseRecord record, ResponseEvents events) =>
        record.PromptTokens == 0 ? default : new(record.PromptTokens, _services.Tokens.Count(events.Bytes), 0);

    /// <summary>The whole of a kept response that does not run, as one slice.</summary>
    private async ValueTask<ResponseSlice> SliceOfKept(string responseId, int fromSequence)
    {
        if (await GetResponse(responseId) is not { } kept)
        {
            return ActiveTurn.UnknownSlice(_epoch, fromSequence);
        }

        return new(_epoch, kept.Events.Count, kept.Events.From(fromSequence), kept.Status, kept.Outcome, null);
    }

    /// <summary>What a turn continues. Null when it may begin.</summary>
    private async ValueTask<StartResult.Refused?> Continue(TurnContinuation continuation)
    {
        var state = _stored.State;
        if (continuation.MustExist && state.CreatedAt is null)
        {
            return TurnRunner.Refuse(TurnErrorKind.ConversationNotFound, "The conversation does not exist.", "conversation");
        }

        if (continuation.MustBeNew && (state.Last is not null || state.Items.Count > 0))
        {
            return TurnRunner.Refuse(
                TurnErrorKind.IdempotencyConflict,
                "This Idempotency-Key was used with another body. Use a new key.",
                null
            );
        }

        if (continuation.Parent is not { } parent)
        {
            return null;
        }

        if (continuation.ForkOf is not { } source)
        {
            return state.Last?.ResponseId == parent
                ? null
                : TurnRunner.Refuse(TurnErrorKind.NotLatestResponse, "The conversation has gone on since then.", "previous_response_id");
        }

        if (state.Items.Count > 0)
        {
            return null;
        }

        var context = await GrainFactory.GetGrain<IConversationGrain>(source).GetContext(parent);
        if (context.Items is not { } items)
        {
            return context.IsRunning
                ? TurnRunner.Refuse(TurnErrorKind.InvalidRequest, "The previous response has not ended yet.", "previous_response_id")
                : TurnRunner.Refuse(TurnErrorKind.ResponseNotFound, "The previous response does not exist.", "previous_response_id");
        }

        state.Items.AddRange(items);
        return null;
    }

    /// <summary>Refuses a turn without items in a conversation without items: there is nothing to answer.</summary>
    private StartResult.Refused? FindNothing(ImmutableArray<Item> input) =>
        input.IsEmpty && _stored.State.Items.Count == 0
            ? TurnRunner.Refuse(
                TurnErrorKind.InvalidRequest,
                "Missing required parameter: 'input'. What the request goes on from has no items either.",
                "input"
            )
            : null;

    /// <summary>Refuses a turn whose input names an item that the conversation does not have. What it has is in the context already.</summary>
    private StartResult.Refused? FindReferences(ImmutableArray<Item> input)
    {
        var missing = input.FirstOrDefault(item => ItemReferences.Is(item) && !_stored.State.Items.Exists(known => known.Id == item.Id));
        return missing is null ? null : new StartResult.Refused(ItemReferences.NotFound(missing));
    }

    /// <summary>Refuses a turn with an output of a call that neither the conversation nor the turn has. A conversation that has dropped items may have had the call.</summary>
    private StartResult.Refused? FindCalls(ImmutableArray<Item> input) =>
        _stored.State.DroppedItems == 0 && ToolOutputs.WithoutCall(_stored.State.Items, input) is { } call
            ? TurnRunner.Refuse(
                TurnErrorKind.InvalidRequest,
                $"An output answers the call '{(call.Length <= 64 ? call : call[..64])}', which neither the input nor what it goes on from has. Send the call before its output.",
                "input"
            )
            : null;

    private async Task<bool> TryKeep(ActiveTurn turn)
    {
        _running = null;
        if (turn.Request.Continuation is null)
        {
            _stored.State.IsNamed = true;
        }

        if (turn.Request.Keeping is not { } keeping)
        {
            return true;
        }

        try
        {
            if (keeping.Metadata is { } metadata)
            {
                // Before the turn is written: the list never misses a response.
                await List().Add(new ListedResponse(turn.Request.ResponseId, turn.Request.Route, turn.AcceptedAt, metadata));
            }

            _running = await RunningResponse.AcceptAsync(_responses, turn, _stored.State.LatestKept, _services.Time, _logger);
            _stored.State.LatestKept = turn.Request.ResponseId;
            _stored.State.KeptResponses++;
            _stored.State.KeptBytes += StoredSize.OfKept(turn.Request);
            _held -= StoredSize.OfKept(turn.Request);
            return true;
        }
        catch (Exception exception)
        {
            LogStoreFailed(exception, turn.Request.ResponseId);
            return false;
        }
    }

    /// <summary>Writes how a kept response ended. False when that could not be written.</summary>
    private async Task<bool> TryEndKept(ActiveTurn turn, ResponseStatus status, ResponseOutcome outcome)
    {
        if (_running is not { } running)
        {
            return true;
        }

        try
        {
            var state = _stored.State;
            await running.EndAsync(status, outcome, status == ResponseStatus.Completed ? state.DroppedItems + state.Items.Count : 0);
            return true;
        }
        catch (Exception exception)
        {
            LogStoreFailed(exception, turn.Request.ResponseId);
            return false;
        }
    }
}
