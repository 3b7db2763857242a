namespace FlowGpt.Grains.Turns;

/// <summary>
/// Which turns a host keeps. One that runs is kept. One that ended is kept until somebody has read its end, and a little longer, should that answer have
/// been lost; one whose end nobody reads is forgotten after
/// <see cref="UnreadFor"/> or a little later. One with an idempotency key is kept until the next of its host, or
/// for as long as the host stays in memory. Not thread-safe.
/// </summary>
internal sealed class HostedTurns
{
    /// <summary>Most turns whose end was read and that are kept all the same.</summary>
    public const int MaxTold = 4;

    /// <summary>How long an end waits for its reader.</summary>
    public static readonly TimeSpan UnreadFor = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, HostedTurn> _turns = new(StringComparer.Ordinal);
    private readonly Queue<HostedTurn> _told = new();
    private DateTimeOffset _looked;

    /// <summary>Turns kept.</summary>
    public int Count => _turns.Count;

    /// <summary>Turns that have not ended.</summary>
    public int Running { get; private set; }

    /// <summary>The one added last, if it is kept.</summary>
    public HostedTurn? Latest { get; private set; }

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<HostedTurn> All => _turns.Values;

    public HostedTurn? Find(string responseId) => _turns.GetValueOrDefault(responseId);

    /// <summary>Adds a turn whose response id is new here.</summary>
    public void Add(HostedTurn turn, DateTimeOffset now)
    {
        if (turn.Request.IsIdempotent || now - _looked >= UnreadFor / 2)
        {
            _looked = now;
            ForgetEnded(turn.Request.IsIdempotent ? now : now - UnreadFor);
        }

        _turns.Add(turn.Request.ResponseId, turn);
        Latest = turn;
        Running++;
    }

    /// <summary>Notes that a turn has ended.</summary>
    public void End(HostedTurn turn, DateTimeOffset now)
    {
        Running--;
        turn.EndedAt = now;
    }

    /// <summary>Notes that the end of a turn is on its way to a reader.</summary>
    public void Tell(HostedTurn turn)
    {
        if (turn.IsTold || turn.Request.IsIdempotent)
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

    /// <summary>Drops a turn that came to nothing.</summary>
    public void Drop(HostedTurn turn)
    {
        Running--;
        Forget(turn);
    }

    /// <summary>Forgets all of them.</summary>
    public void Clear()
    {
        foreach (var turn in _turns.Values)
        {
            turn.Dispose();
        }

        _turns.Clear();
    }

    private void ForgetEnded(DateTimeOffset until)
    {
        foreach (var (_, turn) in _turns)
        {
            if (turn.EndedAt <= until)
            {
                Forget(turn);
            }
        }
    }

    private void Forget(HostedTurn turn)
    {
        if (_turns.Remove(turn.Request.ResponseId))
        {
            turn.Dispose();
        }

        if (Latest == turn)
        {
            Latest = null;
        }
    }
}
