using FlowGpt.Grains.Interfaces.Affinity;
using FlowGpt.Grains.Interfaces.Digests;

namespace FlowGpt.Grains.Affinity;

/// <summary>
/// Bounded map from context to upstream conversation: the oldest entry goes first when it is full, and an entry older than the
/// time to live is not given out. Not thread-safe.
/// </summary>
/// <param name="capacity">Most entries kept, at least 1.</param>
/// <param name="timeToLive">How long an upstream conversation is trusted to still be there.</param>
public sealed class AffinityIndex(int capacity, TimeSpan timeToLive)
{
    private readonly Dictionary<Digest, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _oldestFirst = new();

    /// <summary>Entries held, expired ones included until they are met.</summary>
    public int Count => _entries.Count;

    /// <summary>Remembers a context's upstream conversation; replaces an older entry.</summary>
    public void Put(Digest context, UpstreamThread thread, DateTimeOffset now)
    {
        Remove(context);
        while (_oldestFirst.First is { } oldest && (_entries.Count >= capacity || IsExpired(oldest.Value, now)))
        {
            Remove(oldest.Value.Context);
        }

        _entries[context] = _oldestFirst.AddLast(new Entry(context, thread, now));
    }

    /// <summary>Removes and returns a context's upstream conversation; null if there is none that is fresh.</summary>
    public UpstreamThread? Take(Digest context, DateTimeOffset now) =>
        Remove(context) is { } entry && !IsExpired(entry, now) ? entry.Thread : null;

    private bool IsExpired(Entry entry, DateTimeOffset now) => now - entry.At >= timeToLive;

    private Entry? Remove(Digest context)
    {
        if (!_entries.Remove(context, out var node))
        {
            return null;
        }

        _oldestFirst.Remove(node);
        return node.Value;
    }

    private sealed record Entry(Digest Context, UpstreamThread Thread, DateTimeOffset At);
}
