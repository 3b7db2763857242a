namespace FlowGpt.Grains.Conversations.Pending;

/// <summary>
/// Conversations that may hold something undelivered. A conversation stays until its latest turn has left, or until it was checked and has nothing undelivered,
/// and nothing was added since that check began. Not thread-safe.
/// </summary>
internal sealed class PendingIndex
{
    private readonly Dictionary<string, PendingEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>Takes over what is stored; all of it is due at once, since the process that wrote it may be gone.</summary>
    public PendingIndex(IEnumerable<string> stored)
    {
        foreach (var conversation in stored)
        {
            _entries[conversation] = new PendingEntry(DateTimeOffset.MinValue) { IsDurable = true };
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Adds a conversation that begins a turn, or notes that it begins another. The entry says whether a write is needed.</summary>
    public PendingEntry Add(string conversation, DateTimeOffset now, Guid turn = default)
    {
        if (!_entries.TryGetValue(conversation, out var entry))
        {
            _entries[conversation] = entry = new PendingEntry(now);
        }

        entry.Touch(now, turn);
        return entry;
    }

    /// <summary>Whether any conversation has left that is still stored.</summary>
    public bool HasAnyLeft => _entries.Values.Any(static entry => entry.HasLeft);

    /// <summary>Lets a conversation go with the next snapshot, if this is its latest turn and it begins none before.</summary>
    public void Leave(string conversation, Guid turn)
    {
        if (turn != Guid.Empty && _entries.TryGetValue(conversation, out var entry) && entry.Turn == turn)
        {
            entry.HasLeft = true;
        }
    }

    /// <summary>The conversations whose latest turn began at or before a time, and where each stood.</summary>
    public List<PendingLook> Due(DateTimeOffset begunUntil) =>
        [
            .. _entries
                .Where(entry => entry.Value.TouchedAt <= begunUntil && !entry.Value.HasLeft)
                .Select(static entry => new PendingLook(entry.Key, entry.Value, entry.Value.Turns)),
        ];

    /// <summary>Removes a conversation that a look found clean, unless it began another turn meanwhile. Returns whether it was removed.</summary>
    public bool Remove(PendingLook look) =>
        look.Entry.Turns == look.Turns
        && _entries.TryGetValue(look.Conversation, out var entry)
        && ReferenceEquals(entry, look.Entry)
        && _entries.Remove(look.Conversation);

    /// <summary>What is to be stored, without those that have left, and the entries that are durable once it is.</summary>
    public (List<string> Stored, List<PendingEntry> Entries) Snapshot()
    {
        foreach (var (conversation, entry) in _entries)
        {
            if (entry.HasLeft)
            {
                _entries.Remove(conversation);
            }
        }

        return ([.. _entries.Keys], [.. _entries.Values]);
    }
}
