using System.Buffers.Binary;

namespace FlowGpt.Grains.Usage;

/// <summary>A set of event ids that remembers their order and, when it is bounded, only the latest. Not thread-safe.</summary>
/// <param name="capacity">Most ids kept; the oldest goes first.</param>
internal sealed class BookedIds(int capacity)
{
    private readonly HashSet<UInt128> _ids = [];
    private readonly Queue<UInt128> _inOrder = new();

    public bool Contains(UInt128 id) => _ids.Contains(id);

    public void Add(UInt128 id)
    {
        if (!_ids.Add(id))
        {
            return;
        }

        _inOrder.Enqueue(id);
        if (_inOrder.Count > capacity)
        {
            _ids.Remove(_inOrder.Dequeue());
        }
    }

    /// <summary>Adds ids in their stored form.</summary>
    public void AddStored(ReadOnlySpan<byte> stored)
    {
        for (; stored.Length >= UsageEventId.Size; stored = stored[UsageEventId.Size..])
        {
            Add(BinaryPrimitives.ReadUInt128BigEndian(stored));
        }
    }

    /// <summary>The ids in their stored form, oldest first.</summary>
    public byte[] ToStored()
    {
        var stored = new byte[_inOrder.Count * UsageEventId.Size];
        var at = 0;
        foreach (var id in _inOrder)
        {
            BinaryPrimitives.WriteUInt128BigEndian(stored.AsSpan(at), id);
            at += UsageEventId.Size;
        }

        return stored;
    }
}
