namespace FlowGpt.Grains.Pools.Choice;

/// <summary>
/// The accounts of a large pool in the order of its strategy, kept up to date by what changes instead of being computed for each request: accounts that were
/// touched, and accounts whose windows or cool-downs change by the time. Leaves out accounts that can serve no request. It only proposes: the caller checks each
/// account, so an account that was not touched in time costs a better choice, never a limit.
/// </summary>
internal sealed class ChoiceIndex(IChoiceStrategy strategy)
{
    private readonly SortedSet<ChoiceKey> _order = [];
    private readonly SortedSet<int> _marked = [];
    private readonly PriorityQueue<PoolAccount, DateTimeOffset> _due = new();
    private readonly List<PoolAccount> _touched = [];
    private PoolAccount[] _accounts = [];
    private DateTimeOffset _nextProbe = DateTimeOffset.MaxValue;

    /// <summary>What is limited and left of the requests of a minute, over the accounts that are ready.</summary>
    public PoolRoom Room { get; private set; }

    /// <summary>Whether a grant waits for one of the accounts that were looked at to be noted in storage; the caller clears it.</summary>
    public bool IsWanted { get; set; }

    /// <summary>Whether an account that was looked at has used up most of what is noted ahead; the caller clears it.</summary>
    public bool IsLow { get; set; }

    /// <summary>Takes other accounts, and places each of them.</summary>
    public void Rebuild(PoolAccount[] accounts)
    {
        _order.Clear();
        _marked.Clear();
        _due.Clear();
        _touched.Clear();
        _nextProbe = DateTimeOffset.MaxValue;
        Room = default;
        _accounts = accounts;
        foreach (var account in accounts)
        {
            account.Place = new();
            Touch(account);
        }
    }

    /// <summary>Something of an account has changed.</summary>
    public void Touch(PoolAccount account)
    {
        if (account.Place is { IsTouched: false } place && account.Index >= 0)
        {
            place.IsTouched = true;
            _touched.Add(account);
        }
    }

    /// <summary>Brings the order up to date.</summary>
    public void Refresh(DateTimeOffset now)
    {
        while (_due.TryPeek(out var account, out var at) && at <= now)
        {
            _due.Dequeue();
            if (account.Place is { } place && place.Due == at && IsMine(account))
            {
                place.Due = DateTimeOffset.MaxValue;
                Touch(account);
            }
        }

        foreach (var account in _touched)
        {
            Refresh(account, account.Place!, now);
        }

        _touched.Clear();
    }

    /// <summary>The accounts in the strategy's order.</summary>
    public IEnumerable<PoolAccount> InOrder()
    {
        var after = new ChoiceKey(0, 0, strategy.After + 1);
        if (strategy.After >= 0 && _order.Count > 0 && after.CompareTo(_order.Max) <= 0)
        {
            foreach (var key in _order.GetViewBetween(after, _order.Max))
            {
                yield return _accounts[key.Index];
            }
        }

        foreach (var key in _order)
        {
            yield return _accounts[key.Index];
        }
    }

    /// <summary>The first account of the order where it has a beginning; null when there is none, or the order begins somewhere else.</summary>
    public PoolAccount? First => _order.Count > 0 && strategy.After < 0 ? _accounts[_order.Min.Index] : null;

    /// <summary>The accounts with marks, in configured order, once a probe of one of them may be due.</summary>
    public IEnumerable<PoolAccount> ProbesDue(DateTimeOffset now)
    {
        if (now < _nextProbe)
        {
            yield break;
        }

        var next = DateTimeOffset.MaxValue;
        foreach (var index in _marked)
        {
            var probe = _accounts[index].Health.Marks.NextProbe;
            next = probe < next ? probe : next;
            if (probe <= now)
            {
                yield return _accounts[index];
            }
        }

        _nextProbe = next;
    }

    private bool IsMine(PoolAccount account) => (uint)account.Index < (uint)_accounts.Length && _accounts[account.Index] == account;

    private void Refresh(PoolAccount account, AccountPlace place, DateTimeOffset now)
    {
        place.IsTouched = false;
        if (place.Key is { } before)
        {
            _order.Remove(before);
        }

        place.Key = account.IsOpen(now) ? strategy.KeyOf(account, now) : null;
        if (place.Key is { } key)
        {
            _order.Add(key);
        }

        var room = account.Room(now);
        Room = Room.Less(place.Room).And(room);
        place.Room = room;
        Mark(account);
        IsWanted |= account.Meter.Block.IsWanted;
        IsLow |= account.Meter.IsLow(now);
        var changes = account.ChangesAt(now);
        if (changes < place.Due)
        {
            place.Due = changes;
            _due.Enqueue(account, changes);
        }
    }

    private void Mark(PoolAccount account)
    {
        if (account.Health.Marks.IsEmpty)
        {
            _marked.Remove(account.Index);
            return;
        }

        _marked.Add(account.Index);
        var probe = account.Health.Marks.NextProbe;
        _nextProbe = probe < _nextProbe ? probe : _nextProbe;
    }
}
