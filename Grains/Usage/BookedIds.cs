using FlowGpt.Grains.Interfaces.Digests;

namespace FlowGpt.Grains.Usage;

/// <summary>The event ids booked recently: at most so many, and none longer than asked for; the oldest go first. Not thread-safe.</summary>
/// <param name="capacity">Most ids kept.</param>
internal sealed class BookedIds(int capacity)
{
    private readonly HashSet<Digest> _ids = [];
    private readonly Queue<(Digest Id, DateTimeOffset At)> _inOrder = new();

    /// <summary>Ids that were added up to then may be missing, because there were more than the capacity.</summary>
    public DateTimeOffset CompleteSince { get; set; }

    public bool Contains(Digest id) => _ids.Contains(id);

    public void Add(Digest id, DateTimeOffset now)
    {
        if (!_ids.Add(id))
        {
            return;
        }

        _inOrder.Enqueue((id, now));
        if (_inOrder.Count > capacity)
        {
            var (oldest, at) = _inOrder.Dequeue();
            _ids.Remove(oldest);
            CompleteSince = at;
        }
    }

    /// <summary>Forgets the ids added before a time.</summary>
    public void ForgetBefore(DateTimeOffset time)
    {
        CompleteSince = time > CompleteSince ? time : CompleteSince;
        while (_inOrder.TryPeek(out var oldest) && oldest.At < time)
        {
            _ids.Remove(_inOrder.Dequeue().Id);
        }
    }

    /// <summary>Adds ids in their stored form, as if they had been booked now: when they were is not stored.</summary>
    public void AddStored(ReadOnlySpan<byte> stored, DateTimeOffset now)
    {
        for (; stored.Length >= UsageEventId.Size; stored = stored[UsageEventId.Size..])
        {
            Add(Digest.Read(stored), now);
        }
    }

    /// <summary>The ids in their stored form, oldest first.</summary>
    public byte[] ToStored() => UsageEventId.ToStored(_inOrder.Select(static one => one.Id), _inOrder.Count);
}
