using System.Buffers;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>Makes events in the form of a response's log.</summary>
internal sealed class EventLog
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<ulong> _heads = [];
    private readonly List<int> _starts = [];

    public int Count => _heads.Count;

    public ResponseEvents All => Range(0, Count);

    /// <summary>The events from one place to another, as a read gives them.</summary>
    public ResponseEvents Range(int from, int to)
    {
        var start = from < Count ? _starts[from] : _bytes.WrittenCount;
        var end = to < Count ? _starts[to] : _bytes.WrittenCount;
        return new ResponseEvents(_bytes.WrittenSpan[start..end].ToArray(), [.. _heads.Skip(from).Take(to - from)]);
    }

    public EventLog Text(int item, string text) => Add(EventKind.TextDelta, item, text);

    public EventLog Call(int item, string callId, string name, ToolKind kind = ToolKind.Function)
    {
        var payload = new ArrayBufferWriter<byte>();
        new ToolCallHead(kind, callId, name).Write(payload);
        return Add(EventKind.ToolCallStarted, item, Encoding.UTF8.GetString(payload.WrittenSpan));
    }

    public EventLog End(int item) => Add(EventKind.ItemEnded, item, "");

    public EventLog Add(EventKind kind, int item, string payload)
    {
        _starts.Add(_bytes.WrittenCount);
        _heads.Add(ResponseEvents.Head(kind, item, Encoding.UTF8.GetByteCount(payload)));
        Encoding.UTF8.GetBytes(payload, _bytes);
        return this;
    }
}
