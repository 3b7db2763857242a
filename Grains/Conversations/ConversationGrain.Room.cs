using System.Collections.Immutable;
using System.Globalization;
using FlowGpt.Grains.Conversations.Quota;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Turns;

namespace FlowGpt.Grains.Conversations;

/// <summary>What the conversation takes of the bytes that may be stored for its client key.</summary>
internal sealed partial class ConversationGrain
{
    private readonly StorageShare _share;

    // Counted for what the running turn is going to store.
    private long _held;

    // The part of it that is for the reply.
    private long _replyRoom;

    // Held for the reply beyond that, and not counted.
    private long _grown;

    /// <summary>Takes room for a turn's own input and the first of its reply, which are stored at the turn's end. Null when there is room.</summary>
    private async Task<StartResult.Refused?> TakeRoom(TurnRequest turn, ImmutableArray<Item> whole)
    {
        var state = _stored.State;
        var isNew = state.Pages.Count + state.Lead.Count + state.Tail.Count == 0;
        var added =
            isNew ? whole
            : turn.Continuation is null ? whole[^Math.Clamp(new Conversation(state).IncomingOf(whole, turn.Input), 0, whole.Length)..]
            : turn.Input;
        _replyRoom = StoredSize.FirstRoomOf(turn);
        _held = StoredSize.OfItems(added) + StoredSize.OfKept(turn) + _replyRoom;
        try
        {
            return await _share.TakeAsync(StoredSize.Of(state) + _held) is { } limit ? Full(turn, limit) : null;
        }
        catch (Exception exception)
        {
            // The sum's silo may just have died, which must fail no turn: what the turn stores is counted at its end.
            LogNotCounted(exception, turn.ResponseId);
            return null;
        }
    }

    /// <summary>Takes more room when the reply has used what was taken for it.</summary>
    async ValueTask<bool> ITurnJournal.MayGrowAsync(ActiveTurn turn)
    {
        if (StoredSize.OfReply(turn.Log, turn.Request.Keeping is not null) is var used && used <= _replyRoom)
        {
            return true;
        }

        var more = Math.Max(StoredSize.FirstReplyRoom, used - _replyRoom);
        (_replyRoom, _grown) = (_replyRoom + more, _grown + more);
        try
        {
            if (await _share.HoldAsync(_grown) is null)
            {
                return true;
            }

            (_replyRoom, _grown) = (_replyRoom - more, _grown - more);
            return false;
        }
        catch (Exception exception)
        {
            LogNotCounted(exception, turn.Request.ResponseId);
            return true;
        }
    }

    /// <summary>The limit of bytes that items would pass; null when there is room for them, and when that is not known.</summary>
    private async Task<long?> TakeRoom(ImmutableArray<Item> items)
    {
        try
        {
            return await _share.TakeAsync(StoredSize.Of(_stored.State) + StoredSize.OfItems(items));
        }
        catch (Exception exception)
        {
            LogNotCounted(exception, "");
            return null;
        }
    }

    /// <summary>After the reply is stored and counted.</summary>
    private Task EndHold()
    {
        var grown = _grown;
        _grown = 0;
        return grown > 0 ? _share.EndHoldAsync() : Task.CompletedTask;
    }

    private async Task GiveBackRoom()
    {
        _held = 0;
        await _share.TellAsync(_stored.State.Counted.Bytes);
    }

    private async Task CountAsync(ConversationState state) => state.Counted = await _share.TellAsync(StoredSize.Of(state) + _held);

    private static StartResult.Refused Full(TurnRequest turn, long limit)
    {
        var (param, unstored) =
            turn.Keeping is not null ? ("store", "send \"store\": false")
            : turn.Continuation is null ? ("X-Conversation-Id", "leave X-Conversation-Id out")
            : ("conversation", "leave \"conversation\" out");
        return TurnRunner.Refuse(
            TurnErrorKind.StorageFull,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The conversations and responses of this key would take more than the {limit} bytes that are stored for it. Delete some (DELETE /v1/responses/{{id}}, DELETE /v1/chat/completions/{{id}}, DELETE /v1/conversations/{{id}}), ask for a shorter reply, or {unstored}."
            ),
            param
        );
    }
}
