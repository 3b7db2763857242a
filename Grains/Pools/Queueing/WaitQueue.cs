namespace FlowGpt.Grains.Pools.Queueing;

/// <summary>
/// A bounded queue that is fair between client keys: each key has its own line, and the keys take turns, one request each, however long
/// their lines are. When it is full, a key with a shorter line pushes out the newest of the longest line.
/// </summary>
internal sealed class WaitQueue(int capacity)
{
    private readonly Dictionary<string, LinkedListNode<KeyLine>> _byKey = [];
    private readonly LinkedList<KeyLine> _turns = new();
    private readonly PriorityQueue<Ticket, DateTimeOffset> _deadlines = new();

    public int Count { get; private set; }

    /// <summary>Whether another request could only enter in place of a waiting request.</summary>
    public bool IsFull => Count >= capacity;

    /// <summary>The keys' lines, in the order in which they are served next.</summary>
    public LinkedListNode<KeyLine>? FirstLine => _turns.First;

    /// <summary>The earliest deadline of those that wait.</summary>
    public DateTimeOffset? NextDeadline
    {
        get
        {
            while (_deadlines.TryPeek(out var ticket, out var deadline))
            {
                if (ticket.Place is not null)
                {
                    return deadline;
                }

                _deadlines.Dequeue();
            }

            return null;
        }
    }

    /// <summary>The ticket with the earliest deadline.</summary>
    public Ticket? NextDue => NextDeadline is null ? null : _deadlines.Peek();

    /// <summary>Adds a ticket. False when there is no place for it. <paramref name="evicted"/> had to leave for it.</summary>
    public bool TryAdd(Ticket ticket, out Ticket? evicted)
    {
        evicted = null;
        if (IsFull)
        {
            var longest = Longest();
            var own = _byKey.TryGetValue(ticket.Request.ClientKeyId, out var ownLine) ? ownLine.Value.Tickets.Count : 0;
            if (longest is null || longest.Tickets.Count <= own + 1)
            {
                return false;
            }

            evicted = longest.Tickets.Last!.Value;
            Remove(evicted);
        }

        var key = ticket.Request.ClientKeyId;
        if (!_byKey.TryGetValue(key, out var line))
        {
            _byKey[key] = line = _turns.AddLast(new KeyLine(key));
        }

        ticket.Place = line.Value.Tickets.AddLast(ticket);
        _deadlines.Enqueue(ticket, ticket.Deadline);
        Count++;
        if (_deadlines.Count > (2 * Count) + 64)
        {
            DropLeftDeadlines();
        }

        return true;
    }

    /// <summary>Takes a ticket out; nothing happens if it has left.</summary>
    public void Remove(Ticket ticket)
    {
        if (ticket.Place is not { } place)
        {
            return;
        }

        var line = _byKey[ticket.Request.ClientKeyId];
        line.Value.Tickets.Remove(place);
        ticket.Place = null;
        Count--;
        if (line.Value.Tickets.Count == 0)
        {
            _turns.Remove(line);
            _byKey.Remove(line.Value.Key);
        }
    }

    /// <summary>The key has had its turn: all others go before it.</summary>
    public void EndTurn(string key)
    {
        if (_byKey.TryGetValue(key, out var line))
        {
            _turns.Remove(line);
            _turns.AddLast(line);
        }
    }

    /// <summary>1 = next of its key; 0 when it does not wait.</summary>
    public static int PositionOf(Ticket ticket)
    {
        var position = 0;
        for (var place = ticket.Place; place is not null; place = place.Previous)
        {
            position++;
        }

        return position;
    }

    private void DropLeftDeadlines()
    {
        _deadlines.Clear();
        foreach (var line in _turns)
        {
            foreach (var ticket in line.Tickets)
            {
                _deadlines.Enqueue(ticket, ticket.Deadline);
            }
        }
    }

    private KeyLine? Longest()
    {
        KeyLine? longest = null;
        foreach (var line in _turns)
        {
            longest = longest is null || line.Tickets.Count > longest.Tickets.Count ? line : longest;
        }

        return longest;
    }
}
