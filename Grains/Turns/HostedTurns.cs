namespace FlowGpt.Grains.Turns;

/// <summary>
/// Which turns a host keeps. A running turn is kept. An ended turn is kept until its end was read, and a little longer, in case that answer was
/// lost; a turn whose end is not read, and a turn that may be read again, for as long as <see cref="TurnRetention"/> says. A turn with an idempotency key also makes room
/// for the next of its host. Not thread-safe.
/// </summary>
internal sealed class HostedTurns(TurnRetention retention, LocalTurns locals)
{
    /// <summary>Most turns whose end was read and that are kept all the same.</summary>
    public const int MaxTold = 4;

    private readonly Dictionary<string, HostedTurn> _turns = new(StringComparer.Ordinal);
    private readonly Queue<HostedTurn> _told = new();

    /// <summary>Turns kept.</summary>
    public int Count => _turns.Count;

    /// <summary>Turns that have not ended.</summary>
    public int Running { get; private set; }

    /// <summary>The turn that was added last, if it is kept.</summary>
    public HostedTurn? Latest { get; private set; }

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<HostedTurn> All => _turns.Values;

    public HostedTurn? Find(string responseId) => _turns.GetValueOrDefault(responseId);

    /// <summary>Adds a turn whose response id is new here.</summary>
    public void Add(HostedTurn turn)
    {
        if (turn.Request.IsIdempotent)
        {
            Expire(DateTimeOffset.MaxValue);
        }

        _turns.Add(turn.Request.ResponseId, turn);
        Latest = turn;
        Running++;
    }

    /// <summary>Notes that a turn has ended.</summary>
    public void End(HostedTurn turn, DateTimeOffset now)
    {
        Running--;
        turn.ExpiresAt = now + retention.For(turn.Request);
    }

    /// <summary>Notes that the reader of a turn is there, though it does not read.</summary>
    public void Keep(HostedTurn turn, DateTimeOffset now)
    {
        turn.Turn?.Keep();
        if (turn.ExpiresAt < now + retention.For(turn.Request))
        {
            turn.ExpiresAt = now + retention.For(turn.Request);
        }
    }

    /// <summary>Notes that the end of a turn is on its way to a reader.</summary>
    public void Tell(HostedTurn turn)
    {
        if (turn.IsTold || Find(turn.Request.ResponseId) != turn || TurnRetention.IsKeptWhenRead(turn.Request))
        {
            return;
        }

        turn.IsTold = true;
        _told.Enqueue(turn);
        if (_told.Count > MaxTold)
        {
            Forget(_told.Dequeue());
        }
    }

    /// <summary>Forgets an ended turn whose retention has elapsed, if it is still here.</summary>
    public void Drop(string responseId)
    {
        if (Find(responseId) is { } turn)
        {
            Forget(turn);
        }
    }

    /// <summary>Drops a turn that came to nothing.</summary>
    public void Drop(HostedTurn turn)
    {
        Running--;
        Forget(turn);
    }

    /// <summary>Forgets all of them.</summary>
    public void Clear()
    {
        foreach (var turn in _turns.Values.ToArray())
        {
            Forget(turn);
        }
    }

    /// <summary>Forgets ended turns whose retention has elapsed.</summary>
    /// <returns>When the next retention elapses; null when no kept turn has ended.</returns>
    public DateTimeOffset? Expire(DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        foreach (var (_, turn) in _turns)
        {
            if (turn.ExpiresAt <= now)
            {
                Forget(turn);
            }
            else if (turn.ExpiresAt is { } at && !(at >= next))
            {
                next = at;
            }
        }

        return next;
    }

    private void Forget(HostedTurn turn)
    {
        if (_turns.Remove(turn.Request.ResponseId))
        {
            locals.Remove(turn.Request.ResponseId, turn);
            turn.Dispose();
        }

        if (Latest == turn)
        {
            Latest = null;
        }
    }
}
