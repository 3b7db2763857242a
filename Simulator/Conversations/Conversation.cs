using FlowGpt.Simulator.Replies;

namespace FlowGpt.Simulator.Conversations;

/// <summary>One upstream conversation. It keeps its latest messages. Safe to use from many threads.</summary>
internal sealed class Conversation(string id, string accountId)
{
    private const int MaxMessages = 400;
    private const int MaxCharacters = 1_000_000;

    private readonly Lock _gate = new();
    private readonly Queue<ContextMessage> _messages = new();
    private ContextMessage _last;
    private int _characters;

    public string Id { get; } = id;

    public string AccountId { get; } = accountId;

    public void Add(string role, string text)
    {
        lock (_gate)
        {
            Append(new ContextMessage(role, text));
        }
    }

    /// <summary>Adds a question and what was written in reply to it.</summary>
    public void Add(Exchange exchange)
    {
        lock (_gate)
        {
            Append(new ContextMessage("user", exchange.Question));
            Append(exchange.Reply);
        }
    }

    /// <summary>Whether the latest message is the user's and has this text.</summary>
    public bool EndsWithUser(string text)
    {
        lock (_gate)
        {
            return _messages.Count > 0 && _last is { Role: "user" } && _last.Text == text;
        }
    }

    /// <summary>All messages held, oldest first.</summary>
    public IReadOnlyList<ContextMessage> Messages()
    {
        lock (_gate)
        {
            return [.. _messages];
        }
    }

    private void Append(ContextMessage message)
    {
        _messages.Enqueue(message);
        _last = message;
        _characters += message.HeldCharacters;
        while (_messages.Count > MaxMessages || (_characters > MaxCharacters && _messages.Count > 1))
        {
            _characters -= _messages.Dequeue().HeldCharacters;
        }
    }
}
