using System.Collections.Immutable;
using System.Text;
using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Turns;

/// <summary>
/// The append-only, sequence-numbered log of one response's events: one UTF-8 buffer, and one number an entry. Entry <c>n</c> never changes, so a reader that
/// resumes from any sequence gets exactly the rest. Holds events to the rules of <see cref="EventKind"/>. One writer at a time, the grain's
/// scheduler; <see cref="From"/>, <see cref="HasNews"/>, <see cref="NextSequence"/>, <see cref="Outcome"/> and <see cref="Status"/> may be read from any thread meanwhile.
/// </summary>
public sealed class ResponseLog : ITurnEventSink
{
    private const int FirstCapacity = 512;

    /// <summary>About the bytes that a dialect adds to an event: short events are read out as frames many times their size.</summary>
    private const int FrameBytes = 192;
    private byte[] _bytes = [];

    // Kind and item as in ResponseEvents.Head, but with the end of the payload in the place of its length.
    private ulong[] _entries = new ulong[8];
    private EventKind[] _items = new EventKind[1];
    private int _length;

    // Written last with each entry: who reads the number from another thread finds the entries before it in the arrays.
    private int _next;
    private ResponseOutcome? _outcome;

    /// <summary>Sequence number of the next entry; entries are numbered from 0.</summary>
    public int NextSequence => Volatile.Read(ref _next);

    /// <summary>How many items have started.</summary>
    public int ItemCount { get; private set; }

    /// <summary>Whether any event was appended: from then on a failure can no longer be retried unseen.</summary>
    public bool HasEvents => NextSequence > 0;

    /// <summary>How far the response is.</summary>
    public ResponseStatus Status { get; private set; } = ResponseStatus.Queued;

    /// <summary>How the response ended; null before.</summary>
    public ResponseOutcome? Outcome => Volatile.Read(ref _outcome);

    /// <summary>Whether the response has ended.</summary>
    public bool IsClosed => Outcome is not null;

    /// <summary>The payloads of all events so far: texts, arguments and heads of tool calls.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <inheritdoc/>
    /// <remarks>Also throws once the response has ended.</remarks>
    public void Append(EventKind kind, int item, ReadOnlySpan<byte> payload)
    {
        if (IsClosed)
        {
            throw new InvalidOperationException("The response has ended; its log takes no more events.");
        }

        if (payload.IsEmpty && kind is not (EventKind.MessageStarted or EventKind.ReasoningStarted or EventKind.ItemEnded))
        {
            return;
        }

        NoteItem(kind, item);
        if (_bytes.Length - _length < payload.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Math.Max(FirstCapacity, checked(_bytes.Length * 2)), checked(_length + payload.Length)));
        }

        payload.CopyTo(_bytes.AsSpan(_length));
        _length += payload.Length;
        if (_next == _entries.Length)
        {
            Array.Resize(ref _entries, _entries.Length * 2);
        }

        _entries[_next] = ResponseEvents.Head(kind, item, _length);
        Status = ResponseStatus.Running;
        Volatile.Write(ref _next, _next + 1);
    }

    /// <summary>Ends the response. The first end counts; a later end is ignored.</summary>
    public void Close(ResponseStatus status, ResponseOutcome outcome)
    {
        if (!IsClosed)
        {
            Status = status;
            Volatile.Write(ref _outcome, outcome);
        }
    }

    /// <summary>Whether a reader at this sequence has something to learn.</summary>
    public bool HasNews(int fromSequence) => fromSequence < NextSequence || IsClosed;

    /// <summary>Bytes of memory that the events from this sequence on take.</summary>
    public int SizeFrom(int fromSequence)
    {
        var next = NextSequence;
        var first = Math.Clamp(fromSequence, 0, next);
        return first == next ? 0 : EndOf(_entries[next - 1]) - StartOf(_entries, first) + ((next - first) * sizeof(ulong));
    }

    /// <summary>
    /// A copy of the events from <paramref name="fromSequence"/> on: as many as make <paramref name="mostBytes"/> with what a dialect adds to each of them, but at least one.
    /// </summary>
    public ResponseEvents From(int fromSequence, int mostBytes = int.MaxValue)
    {
        var first = Math.Max(0, fromSequence);
        var next = NextSequence;
        if (first >= next)
        {
            return ResponseEvents.None;
        }

        // Read after the number: the arrays hold all entries before the number, and what they hold does not change.
        var (entries, bytes) = (_entries, _bytes);
        var start = StartOf(entries, first);
        if (FramedTo(next) > mostBytes)
        {
            var most = next;
            next = first + 1;
            while (next < most && FramedTo(next + 1) <= mostBytes)
            {
                next++;
            }
        }

        var heads = new ulong[next - first];
        var previous = start;
        for (var i = 0; i < heads.Length; i++)
        {
            var end = EndOf(entries[first + i]);
            heads[i] = (entries[first + i] & ~(ulong)uint.MaxValue) | (uint)(end - previous);
            previous = end;
        }

        return new(bytes.AsSpan(start, previous - start).ToArray(), heads);

        long FramedTo(int end) => EndOf(entries[end - 1]) - start + ((long)(end - first) * FrameBytes);
    }

    /// <summary>The indexes of messages that have started and not ended.</summary>
    public ImmutableArray<int> OpenMessages() =>
        [.. Enumerable.Range(0, ItemCount).Where(item => _items[item] == EventKind.MessageStarted)];

    /// <summary>The response's items: those that are whole, and messages as far as they came.</summary>
    /// <param name="responseId">The response, where items are to have ids; null leaves them without.</param>
    /// <param name="isCut">Whether the reply was cut before its end: a message is then incomplete if no item, whole or not, started after the message.</param>
    public ImmutableArray<Item> ToItems(string? responseId = null, bool isCut = false)
    {
        var drafts = new ItemDraft?[ItemCount];
        foreach (var one in From(0))
        {
            if (one.Item < ItemCount)
            {
                (drafts[one.Item] ??= new()).Take(one);
            }
        }

        return [.. drafts.Select((draft, item) => WithId(draft?.ToItem(isCut && item == ItemCount - 1), responseId, item)).OfType<Item>()];
    }

    private static Item? WithId(Item? item, string? responseId, int place) =>
        item is null || responseId is null ? item : item with { Id = ItemIds.Of(ItemIds.PrefixOf(item), responseId, place) };

    private static int StartOf(ulong[] entries, int sequence) => sequence == 0 ? 0 : EndOf(entries[sequence - 1]);

    private static int EndOf(ulong entry) => (int)(uint)entry;

    private void NoteItem(EventKind kind, int item)
    {
        switch (kind)
        {
            case EventKind.MessageStarted or EventKind.ReasoningStarted or EventKind.ToolCallStarted or EventKind.OpaqueItem:
                Require(item == ItemCount && item < ResponseEvents.MaxItems, kind, item);
                if (item == _items.Length)
                {
                    Array.Resize(ref _items, _items.Length * 2);
                }

                _items[ItemCount++] = kind == EventKind.OpaqueItem ? EventKind.ItemEnded : kind;
                break;
            case EventKind.TextDelta or EventKind.RefusalDelta or EventKind.Logprobs:
                Require(item < ItemCount && _items[item] == EventKind.MessageStarted, kind, item);
                break;
            case EventKind.ReasoningDelta or EventKind.ReasoningSealed:
                Require(item < ItemCount && _items[item] == EventKind.ReasoningStarted, kind, item);
                break;
            case EventKind.ArgumentsDelta:
                Require(item < ItemCount && _items[item] == EventKind.ToolCallStarted, kind, item);
                break;
            case EventKind.ItemEnded:
                Require(item < ItemCount && _items[item] != EventKind.ItemEnded, kind, item);
                _items[item] = EventKind.ItemEnded;
                break;
            case EventKind.Extension:
                Require(item <= ItemCount, kind, item);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "The kind of event is not known.");
        }
    }

    private static void Require(bool allowed, EventKind kind, int item)
    {
        if (!allowed)
        {
            throw new InvalidOperationException($"Event {kind} of item {item} is out of order.");
        }
    }

    /// <summary>An item while its events are read.</summary>
    private sealed class ItemDraft
    {
        private readonly StringBuilder _text = new();
        private readonly StringBuilder _refusal = new();
        private EventKind _kind;
        private ToolCallHead _head;
        private OpaqueEvent _opaque;
        private string? _sealed;
        private bool _hasEnded;

        public void Take(in ResponseEvents.Event one)
        {
            switch (one.Kind)
            {
                case EventKind.MessageStarted or EventKind.ReasoningStarted:
                    _kind = one.Kind;
                    break;
                case EventKind.OpaqueItem:
                    _kind = one.Kind;
                    _opaque = OpaqueEvent.Read(one.Payload);
                    break;
                case EventKind.ToolCallStarted:
                    _kind = one.Kind;
                    _head = ToolCallHead.Read(one.Payload);
                    break;
                case EventKind.RefusalDelta:
                    _refusal.Append(Encoding.UTF8.GetString(one.Payload));
                    break;
                case EventKind.ReasoningSealed:
                    _sealed = Encoding.UTF8.GetString(one.Payload);
                    break;
                case EventKind.TextDelta or EventKind.ReasoningDelta or EventKind.ArgumentsDelta:
                    _text.Append(Encoding.UTF8.GetString(one.Payload));
                    break;
                case EventKind.ItemEnded:
                    _hasEnded = true;
                    break;
            }
        }

        public Item? ToItem(bool isCut) =>
            _kind switch
            {
                EventKind.MessageStarted => new MessageItem(MessageRole.Assistant, Parts(), IsIncomplete: isCut),
                EventKind.OpaqueItem => new OpaqueItem(_opaque.Dialect, _opaque.Json),
                EventKind.ReasoningStarted when _hasEnded => new ReasoningItem(_text.ToString(), _sealed),
                EventKind.ToolCallStarted when _hasEnded => new ToolCallItem(_head.CallId, _head.Name, Arguments(), _head.Kind),
                _ => null,
            };

        private string Arguments() => _head.Kind == ToolKind.Function ? LoneSurrogates.Replaced(_text.ToString()) : _text.ToString();

        private ImmutableArray<Part> Parts() =>
            _refusal.Length == 0 ? (_text.Length == 0 ? [] : [new TextPart(_text.ToString())])
            : _text.Length == 0 ? [new RefusalPart(_refusal.ToString())]
            : [new TextPart(_text.ToString()), new RefusalPart(_refusal.ToString())];
    }
}
