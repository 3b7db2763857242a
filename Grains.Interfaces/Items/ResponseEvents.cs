namespace FlowGpt.Grains.Interfaces.Items;

/// <summary>
/// A run of consecutive events of a response: one UTF-8 buffer and one number an event. A number holds, from the highest bits, the event's kind (8 bits), its
/// item's index (24 bits) and the length of its payload (32 bits).
/// </summary>
/// <param name="Bytes">The payloads, one after the other.</param>
/// <param name="Heads">One number an event, in order.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.ResponseEvents")]
public readonly record struct ResponseEvents([property: Id(0)] byte[] Bytes, [property: Id(1)] ulong[] Heads)
{
    /// <summary>Most items of a response.</summary>
    public const int MaxItems = (1 << 24) - 1;

    /// <summary>No events.</summary>
    public static ResponseEvents None { get; } = new([], []);

    /// <summary>How many events.</summary>
    public int Count => Heads?.Length ?? 0;

    /// <summary>The events from one place on.</summary>
    public ResponseEvents From(int first)
    {
        if (first <= 0)
        {
            return this;
        }

        if (first >= Count)
        {
            return None;
        }

        var start = 0L;
        foreach (var head in Heads.AsSpan(0, first))
        {
            start += (uint)head;
        }

        return new(Bytes[(int)start..], Heads[first..]);
    }

    /// <summary>The events in order.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Packs an event's head.</summary>
    public static ulong Head(EventKind kind, int item, int length) => ((ulong)kind << 56) | ((ulong)(uint)item << 32) | (uint)length;

    /// <summary>One event.</summary>
    public readonly ref struct Event(ulong head, ReadOnlySpan<byte> payload)
    {
        public EventKind Kind => (EventKind)(head >> 56);

        /// <summary>The index of the event's item.</summary>
        public int Item => (int)(head >> 32) & MaxItems;

        public ReadOnlySpan<byte> Payload { get; } = payload;

        private readonly ulong head = head;
    }

    /// <summary>Goes over the events.</summary>
    public ref struct Enumerator(ResponseEvents events)
    {
        private readonly ResponseEvents _events = events;
        private int _index = -1;
        private int _start;
        private int _length;

        public readonly Event Current => new(_events.Heads[_index], _events.Bytes.AsSpan(_start, _length));

        public bool MoveNext()
        {
            _start += _length;
            if (++_index >= _events.Count)
            {
                return false;
            }

            _length = (int)(uint)_events.Heads[_index];
            return true;
        }
    }
}
