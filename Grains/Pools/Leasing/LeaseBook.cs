namespace FlowGpt.Grains.Pools.Leasing;

/// <summary>
/// All leases of a pool: those that live, those that ended by themselves (a late settlement is booked once), and the ids of those
/// settled recently (a repeated settlement, or a renewal that arrives after the settlement, is ignored).
/// </summary>
internal sealed class LeaseBook
{
    /// <summary>How long a lease that ended by itself can still be settled.</summary>
    public static readonly TimeSpan LateSettlement = TimeSpan.FromMinutes(10);

    private const int Remembered = 8192;

    private readonly Dictionary<Guid, LeaseEntry> _live = [];
    private readonly Dictionary<Guid, LeaseEntry> _expired = [];
    private readonly HashSet<Guid> _settled = [];
    private readonly Queue<Guid> _settledInOrder = new();
    private readonly List<LeaseEntry> _ended = [];

    public int Count => _live.Count;

    public IEnumerable<LeaseEntry> Live => _live.Values;

    /// <summary>No lease ends before this, unless a lease is added or the end of a lease is moved forward.</summary>
    public DateTimeOffset NextExpiry { get; private set; } = DateTimeOffset.MaxValue;

    public void Add(LeaseEntry lease)
    {
        _live.Add(lease.Id, lease);
        NextExpiry = lease.Expires < NextExpiry ? lease.Expires : NextExpiry;
    }

    public LeaseEntry? Find(Guid id) => _live.GetValueOrDefault(id);

    public bool HasExpired(Guid id) => _expired.ContainsKey(id);

    public bool WasSettled(Guid id) => _settled.Contains(id);

    /// <summary>Ends a lease by settlement; also a lease that has expired, once.</summary>
    /// <returns>The lease and whether it was still alive; null when it is unknown or settled before.</returns>
    public (LeaseEntry Lease, bool Alive)? Settle(Guid id)
    {
        var alive = _live.Remove(id, out var lease);
        if (!alive && !_expired.Remove(id, out lease))
        {
            return null;
        }

        RememberSettled(id);
        return (lease!, alive);
    }

    public void RememberSettled(Guid id)
    {
        if (_settled.Add(id))
        {
            _settledInOrder.Enqueue(id);
            if (_settledInOrder.Count > Remembered)
            {
                _settled.Remove(_settledInOrder.Dequeue());
            }
        }
    }

    /// <summary>The addresses of the silos that hold leases, or held a lease that expired, and were not known to be dead.</summary>
    public IEnumerable<string> Holders() =>
        _live.Values.Concat(_expired.Values).Where(static lease => !lease.IsHolderDead).Select(static lease => lease.HolderSilo).Distinct();

    /// <summary>A silo has died: its leases end at <paramref name="end"/> at the latest.</summary>
    /// <returns>Those of its leases that had run out before that was known.</returns>
    public List<LeaseEntry> EndBy(string silo, DateTimeOffset end)
    {
        foreach (var lease in _live.Values.Where(lease => lease.HolderSilo == silo))
        {
            lease.IsHolderDead = true;
            lease.Expires = lease.Expires > end ? end : lease.Expires;
            NextExpiry = lease.Expires < NextExpiry ? lease.Expires : NextExpiry;
        }

        var runOut = _expired.Values.Where(lease => lease.HolderSilo == silo && !lease.IsHolderDead).ToList();
        runOut.ForEach(static lease => lease.IsHolderDead = true);
        return runOut;
    }

    /// <summary>The leases that have ended by themselves since the last call. The list is reused by the next call.</summary>
    public List<LeaseEntry> TakeExpired(DateTimeOffset now)
    {
        _ended.Clear();
        if (now < NextExpiry)
        {
            return _ended;
        }

        NextExpiry = DateTimeOffset.MaxValue;
        foreach (var lease in _live.Values)
        {
            if (lease.Expires <= now)
            {
                _ended.Add(lease);
            }
            else if (lease.Expires < NextExpiry)
            {
                NextExpiry = lease.Expires;
            }
        }

        foreach (var lease in _ended)
        {
            _live.Remove(lease.Id);
            _expired.Add(lease.Id, lease);
        }

        Forget(now);
        return _ended;
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (id, lease) in _expired)
        {
            if (now - lease.Expires > LateSettlement)
            {
                _expired.Remove(id);
            }
        }
    }
}
