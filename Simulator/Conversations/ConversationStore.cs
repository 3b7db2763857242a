using System.Collections.Concurrent;
using FlowGpt.Simulator.Tokens;

namespace FlowGpt.Simulator.Conversations;

/// <summary>The conversations that were created, newest <c>capacity</c> of them; the oldest is forgotten first.</summary>
internal sealed class ConversationStore(int capacity)
{
    private readonly ConcurrentDictionary<string, Conversation> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    public int Count => _byId.Count;

    public Conversation Create(string accountId)
    {
        var conversation = new Conversation(NanoId.Create(), accountId);
        _byId[conversation.Id] = conversation;
        _order.Enqueue(conversation.Id);
        while (_order.Count > capacity && _order.TryDequeue(out var oldest))
        {
            _byId.TryRemove(oldest, out _);
        }

        return conversation;
    }

    public Conversation? Find(string id) => _byId.GetValueOrDefault(id);

    public void Clear()
    {
        while (_order.TryDequeue(out var id))
        {
            _byId.TryRemove(id, out _);
        }
    }
}
