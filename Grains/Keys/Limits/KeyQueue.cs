namespace FlowGpt.Grains.Keys.Limits;

/// <summary>
/// Requests that wait for tokens that others of their key hold, in the order in which they came: only the first may be let in, so that no request waits for ever
/// behind smaller requests. Bounded. Pure: time is an argument.
/// </summary>
internal sealed class KeyQueue
{
    /// <summary>As many as a pool's queue holds by default.</summary>
    public const int Most = 512;

    /// <summary>A request that is not asked for within this time has lost its process.</summary>
    public static readonly TimeSpan AskedWithin = TimeSpan.FromSeconds(10);

    private readonly LinkedList<(string Id, DateTimeOffset Asked)> _inOrder = new();
    private readonly Dictionary<string, LinkedListNode<(string Id, DateTimeOffset Asked)>> _byId = new(StringComparer.Ordinal);

    /// <summary>No request is given up before this.</summary>
    private DateTimeOffset _noneBefore = DateTimeOffset.MaxValue;

    public int Count => _byId.Count;

    /// <summary>The request whose turn it is; null when none waits.</summary>
    public string? First => _inOrder.First?.Value.Id;

    public bool Contains(string id) => _byId.ContainsKey(id);

    /// <summary>Whether nobody else is to be let in before it.</summary>
    public bool IsTurnOf(string id) => First is null || First == id;

    /// <summary>Enters a request, or notes that a request that waits was asked for. False when there is no place.</summary>
    public bool Enter(string id, DateTimeOffset now)
    {
        if (_byId.TryGetValue(id, out var place))
        {
            place.Value = (id, now);
            return true;
        }

        if (Count >= Most)
        {
            return false;
        }

        _byId.Add(id, _inOrder.AddLast((id, now)));
        NoneBefore(now + AskedWithin);
        return true;
    }

    /// <summary>Takes a request out. False when it did not wait.</summary>
    public bool Leave(string id)
    {
        if (!_byId.Remove(id, out var place))
        {
            return false;
        }

        _inOrder.Remove(place);
        return true;
    }

    /// <summary>Takes out the requests that nobody asks for any more. Cheap: the queue is walked only when a request may be due.</summary>
    public void Expire(DateTimeOffset now)
    {
        if (now < _noneBefore)
        {
            return;
        }

        _noneBefore = DateTimeOffset.MaxValue;
        for (var place = _inOrder.First; place is not null; )
        {
            var next = place.Next;
            if (now - place.Value.Asked >= AskedWithin)
            {
                Leave(place.Value.Id);
            }
            else
            {
                NoneBefore(place.Value.Asked + AskedWithin);
            }

            place = next;
        }
    }

    private void NoneBefore(DateTimeOffset at) => _noneBefore = at < _noneBefore ? at : _noneBefore;
}
