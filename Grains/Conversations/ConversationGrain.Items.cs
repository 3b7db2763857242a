using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Storage;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Turns;

namespace FlowGpt.Grains.Conversations;

/// <summary>A conversation as a separate object, which clients create, read, change and delete.</summary>
internal sealed partial class ConversationGrain
{
    /// <inheritdoc/>
    public async ValueTask<ConversationInfo> Create(string metadata, ImmutableArray<Item> items)
    {
        await _stored.LoadAsync();
        var state = _stored.State;
        if (state.CreatedAt is null)
        {
            if (await TakeRoom(items) is { } limit)
            {
                return new(default, metadata, limit);
            }

            state.CreatedAt = _services.Time.GetUtcNow();
            state.Metadata = metadata;
            state.Items.AddRange(WithIds(items));
            await WriteChange();
        }

        return Info()!;
    }

    /// <inheritdoc/>
    public ValueTask<ConversationInfo?> GetInfo() => new(Info());

    /// <inheritdoc/>
    public async ValueTask<ConversationInfo?> SetMetadata(string metadata)
    {
        if (Info() is null)
        {
            return null;
        }

        await _stored.LoadAsync();
        _stored.State.Metadata = metadata;
        await WriteChange();
        return Info();
    }

    /// <inheritdoc/>
    public async ValueTask<ItemPage?> ListItems(ItemQuery query)
    {
        if (Info() is null)
        {
            return null;
        }

        return await _stored.ListAsync(query);
    }

    /// <inheritdoc/>
    public async ValueTask<ItemPage?> FindItem(string itemId)
    {
        if (Info() is null)
        {
            return null;
        }

        await _stored.LoadAsync();
        return new([.. _stored.State.Items.Where(item => item.Id == itemId).Take(1)], HasMore: false);
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<Item>> GetItems(ImmutableArray<string> ids)
    {
        await _stored.LoadAsync();
        return [.. _stored.State.Items.Where(item => item.Id is { } id && ids.Contains(id))];
    }

    /// <inheritdoc/>
    public async ValueTask<AddedItems?> AddItems(ImmutableArray<Item> items)
    {
        if (Info() is null)
        {
            return null;
        }

        if (IsRunning)
        {
            return new(IsLocked: true, []);
        }

        if (await TakeRoom(items) is { } limit)
        {
            return new(IsLocked: false, [], limit);
        }

        var added = WithIds(items);
        await _stored.AppendAsync(added);
        ForgetThread();
        await WriteChange();
        return new(IsLocked: false, added);
    }

    /// <inheritdoc/>
    public async ValueTask<AddedItems?> RemoveItem(string itemId)
    {
        if (Info() is null)
        {
            return null;
        }

        await _stored.LoadAsync();
        if (IsRunning)
        {
            return new(IsLocked: true, []);
        }

        var state = _stored.State;
        var place = state.Items.FindIndex(item => item.Id == itemId);
        if (place < 0)
        {
            return new(IsLocked: false, []);
        }

        var removed = state.Items[place];
        state.Items.RemoveAt(place);
        state.DroppedItems++;
        ForgetThread();
        await WriteChange();
        return new(IsLocked: false, [removed]);
    }

    /// <inheritdoc/>
    public async ValueTask<int?> CountInput(TurnRequest turn)
    {
        if (turn.Continuation is { MustExist: true } && Info() is null)
        {
            return null;
        }

        await _stored.LoadAsync();
        return _tokens.CountPrompt(turn, turn.Continuation is null ? turn.Input : [.. _stored.State.Items, .. turn.Input]);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> Delete()
    {
        if (!_stored.Exists)
        {
            return false;
        }

        if (_turn is { } turn)
        {
            turn.Stop(StopReason.Caller);
            await _run;
            _turn = null;
            turn.Dispose();
        }

        await _delivery;
        if (_stored.State.Outbox.Count > 0)
        {
            await (_delivery = DeliverOutbox(_stored.State));
        }

        if (_stored.State.Outbox.Count > 0)
        {
            throw new StorageUnavailableException("What the conversation used cannot be booked now, so that it is not deleted yet.");
        }

        for (var kept = _stored.State.LatestKept; kept is not null; )
        {
            var head = await _responses.ReadHeadAsync(kept);
            if (head is { RecordExists: true, State.Metadata: not null })
            {
                await List().Remove(kept);
            }

            kept = head.RecordExists ? head.State!.Previous : null;
            if (head.RecordExists)
            {
                await _responses.RemoveAsync(head);
            }
        }

        _shown = null;
        await _stored.LoadAsync();
        await _stored.ClearAsync();
        await _share.ReleaseAsync();
        return true;
    }

    private bool IsRunning => _turn is { Log.IsClosed: false };

    private ConversationInfo? Info() => _stored.State is { CreatedAt: { } created } state ? new(created, state.Metadata ?? "{}") : null;

    private ImmutableArray<Item> WithIds(ImmutableArray<Item> items) =>
        ItemIds.Assign(items, Guid.CreateVersion7(_services.Time.GetUtcNow()).ToString("N"), _stored.State.Items);

    private void ForgetThread()
    {
        _stored.State.Thread = null;
        _stored.State.ThreadRoute = null;
        _stored.State.LastItems = 0;
    }

    /// <summary>Writes a change that no turn made. What could not be written is not in memory either.</summary>
    private async Task WriteChange()
    {
        try
        {
            await WriteAndRelease(_stored);
        }
        catch
        {
            DeactivateOnIdle();
            _isLeaving = true;
            throw;
        }
    }
}
