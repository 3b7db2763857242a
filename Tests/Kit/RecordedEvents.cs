using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Tests.Kit;

/// <summary>One event of a reply.</summary>
internal sealed record RecordedEvent(EventKind Kind, int Item, string Payload);

/// <summary>Keeps the events that a reply gives. A payload must be UTF-8 in whole characters.</summary>
internal sealed class RecordedEvents : ITurnEventSink
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public List<RecordedEvent> All { get; } = [];

    /// <summary>The text deltas, joined.</summary>
    public string Text => string.Concat(All.Where(one => one.Kind == EventKind.TextDelta).Select(one => one.Payload));

    public void Append(EventKind kind, int item, ReadOnlySpan<byte> payload)
    {
        if (!payload.IsEmpty || kind is EventKind.MessageStarted or EventKind.ReasoningStarted or EventKind.ItemEnded)
        {
            All.Add(new(kind, item, Utf8.GetString(payload)));
        }
    }
}
