using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>Stored data are not part of these tests.</summary>
internal sealed partial class ScriptedConversation
{
    public ValueTask<KeptResponse?> GetResponse(string responseId) => throw new NotSupportedException();

    public ValueTask<ItemPage?> ListInput(string responseId, ItemQuery query) => throw new NotSupportedException();

    public ValueTask<ResponseContext> GetContext(string responseId) => throw new NotSupportedException();

    public ValueTask<ImmutableArray<Item>> GetItems(ImmutableArray<string> ids) => throw new NotSupportedException();

    public ValueTask<KeptResponse?> SetShape(string responseId, string shape, string metadata) => throw new NotSupportedException();

    public ValueTask<bool> DeleteResponse(string responseId) => throw new NotSupportedException();

    public ValueTask<ConversationInfo> Create(string metadata, ImmutableArray<Item> items) => throw new NotSupportedException();

    public ValueTask<ConversationInfo?> GetInfo() => throw new NotSupportedException();

    public ValueTask<ConversationInfo?> SetMetadata(string metadata) => throw new NotSupportedException();

    public ValueTask<ItemPage?> ListItems(ItemQuery query) => throw new NotSupportedException();

    public ValueTask<ItemPage?> FindItem(string itemId) => throw new NotSupportedException();

    public ValueTask<AddedItems?> AddItems(ImmutableArray<Item> items) => throw new NotSupportedException();

    public ValueTask<AddedItems?> RemoveItem(string itemId) => throw new NotSupportedException();

    public ValueTask<int?> CountInput(TurnRequest turn) => throw new NotSupportedException();

    public ValueTask<bool> Delete() => throw new NotSupportedException();
}
