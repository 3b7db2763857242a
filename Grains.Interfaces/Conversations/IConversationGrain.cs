using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using Orleans.Concurrency;

namespace FlowGpt.Grains.Interfaces.Conversations;

/// <summary>
/// One stored conversation: its items, the turn that runs, and its upstream affinity. Key: <see cref="ConversationKey.Stored"/>.
/// </summary>
[Alias("flowgpt.IConversationGrain")]
public interface IConversationGrain : ITurnGrain
{
    /// <summary>
    /// Ends a turn that a crash cut off and begins to book what is not booked, without waiting for it. True if nothing was left to do, so that the sweep need not ask
    /// again before the next turn. Idempotent.
    /// </summary>
    [Alias("finish-pending")]
    ValueTask<bool> FinishPending();

    /// <summary>A kept response as it is now; null when there is none.</summary>
    [Alias("get-response"), AlwaysInterleave]
    ValueTask<KeptResponse?> GetResponse(string responseId);

    /// <summary>The input of a kept response's turn; null when there is no such response.</summary>
    [Alias("list-input"), AlwaysInterleave]
    ValueTask<ItemPage?> ListInput(string responseId, ItemQuery query);

    /// <summary>The context for a turn that continues this response.</summary>
    [Alias("get-context")]
    ValueTask<ResponseContext> GetContext(string responseId);

    /// <summary>The items of the context that have these ids, in the context's order; those that are not there are left out.</summary>
    /// <param name="ids">The items' ids.</param>
    [Alias("get-items")]
    ValueTask<ImmutableArray<Item>> GetItems(ImmutableArray<string> ids);

    /// <summary>Replaces what is kept beside the events of a listed response; null when there is no such response or it has not ended.</summary>
    /// <param name="responseId">The response.</param>
    /// <param name="shape">See <see cref="ResponseKeeping.Shape"/>.</param>
    /// <param name="metadata">See <see cref="ResponseKeeping.Metadata"/>.</param>
    [Alias("set-shape")]
    ValueTask<KeptResponse?> SetShape(string responseId, string shape, string metadata);

    /// <summary>Deletes a kept response; a response that runs is cancelled first. False when there is none.</summary>
    [Alias("delete-response")]
    ValueTask<bool> DeleteResponse(string responseId);

    /// <summary>Creates the conversation as an object that the client knows. Idempotent.</summary>
    /// <param name="metadata">One JSON object.</param>
    /// <param name="items">What the conversation begins with.</param>
    [Alias("create")]
    ValueTask<ConversationInfo> Create(string metadata, ImmutableArray<Item> items);

    /// <summary>The conversation; null when the client has created none here.</summary>
    [Alias("get-info"), AlwaysInterleave]
    ValueTask<ConversationInfo?> GetInfo();

    /// <summary>Replaces the metadata; null when there is no conversation.</summary>
    [Alias("set-metadata")]
    ValueTask<ConversationInfo?> SetMetadata(string metadata);

    /// <summary>A page of the items; null when there is no conversation.</summary>
    [Alias("list-items")]
    ValueTask<ItemPage?> ListItems(ItemQuery query);

    /// <summary>One item, or none when it is not there; null when there is no conversation.</summary>
    [Alias("find-item")]
    ValueTask<ItemPage?> FindItem(string itemId);

    /// <summary>Adds items at the end; null when there is no conversation.</summary>
    [Alias("add-items")]
    ValueTask<AddedItems?> AddItems(ImmutableArray<Item> items);

    /// <summary>Removes an item and gives it back; none when it is not there; null when there is no conversation.</summary>
    [Alias("remove-item")]
    ValueTask<AddedItems?> RemoveItem(string itemId);

    /// <summary>Counts the tokens of what a turn would send after what is stored; null when there is no conversation and there must be one. Changes nothing.</summary>
    [Alias("count-input")]
    ValueTask<int?> CountInput(TurnRequest turn);

    /// <summary>
    /// Deletes the conversation, its items and its kept responses; a turn that runs is cancelled first. False when there is none. Fails, and deletes nothing, while what
    /// the conversation used cannot be booked.
    /// </summary>
    [Alias("delete")]
    ValueTask<bool> Delete();
}
