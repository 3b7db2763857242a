using System.Collections.Immutable;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Tests.Unit.Upstreams.OpenAi;

/// <summary>Keeps a reply's events and checks them against the rules of <see cref="EventKind"/>.</summary>
internal sealed class RecordedReply : ITurnEventSink
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private static readonly EventKind[] Starts =
    [
        EventKind.MessageStarted,
        EventKind.ReasoningStarted,
        EventKind.ToolCallStarted,
        EventKind.OpaqueItem,
    ];

    private readonly List<RecordedItem> _items = [];

    public List<(EventKind Kind, int Item, string Payload)> Events { get; } = [];

    public ImmutableArray<RecordedItem> Items => [.. _items];

    public string Text => string.Concat(_items.Select(static item => item.Of(EventKind.TextDelta)));

    public string Reasoning => string.Concat(_items.Select(static item => item.Of(EventKind.ReasoningDelta)));

    public ImmutableArray<RecordedItem> Calls => [.. _items.Where(static item => item.Start == EventKind.ToolCallStarted)];

    /// <summary>The items with joined deltas: kind, head, contents, end.</summary>
    public string Shape => string.Join('\n', _items.Select(static item => item.Shape));

    public void Append(EventKind kind, int item, ReadOnlySpan<byte> payload)
    {
        var text = Strict.GetString(payload);
        Events.Add((kind, item, text));
        if (Starts.Contains(kind))
        {
            Assert.Equal(_items.Count, item);
            _items.Add(new RecordedItem(kind, text));
        }
        else if (kind != EventKind.Extension || _items.Count > 0)
        {
            Assert.False(_items[item].HasEnded && kind != EventKind.Extension, $"{kind} after the end of item {item}");
            _items[item].Add(kind, text);
        }
    }

    internal sealed class RecordedItem(EventKind start, string head)
    {
        private readonly List<(EventKind Kind, string Payload)> _rest = [];

        public EventKind Start { get; } = start;

        public ToolCallHead Head => ToolCallHead.Read(Encoding.UTF8.GetBytes(head));

        public bool HasEnded { get; private set; }

        public string Shape =>
            $"{Start} {(Start == EventKind.ToolCallStarted ? Head.ToString() : "")} {Of(EventKind.ReasoningDelta)}|{Of(EventKind.TextDelta)}|{Of(EventKind.RefusalDelta)}|{Of(EventKind.ArgumentsDelta)} {HasEnded}";

        public void Add(EventKind kind, string payload)
        {
            HasEnded |= kind == EventKind.ItemEnded;
            _rest.Add((kind, payload));
        }

        public string Of(EventKind kind) => string.Concat(_rest.Where(part => part.Kind == kind).Select(static part => part.Payload));
    }
}
