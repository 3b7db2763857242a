using System.Buffers;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Turns;

/// <summary>Writes whole items as events, for a reply that is repeated from what is stored.</summary>
internal static class ItemEvents
{
    public static void Write(ITurnEventSink events, IEnumerable<Item> items)
    {
        var index = 0;
        foreach (var item in items)
        {
            Write(events, index++, item);
        }
    }

    private static void Write(ITurnEventSink events, int index, Item item)
    {
        switch (item)
        {
            case MessageItem message:
                events.Append(EventKind.MessageStarted, index, []);
                foreach (var part in message.Parts)
                {
                    var (kind, text) = part is RefusalPart refusal
                        ? (EventKind.RefusalDelta, refusal.Text)
                        : (EventKind.TextDelta, (part as TextPart)?.Text ?? "");
                    events.Append(kind, index, Encoding.UTF8.GetBytes(text));
                }

                break;
            case ToolCallItem call:
                var head = new ArrayBufferWriter<byte>();
                new ToolCallHead(call.Kind, call.CallId, call.Name).Write(head);
                events.Append(EventKind.ToolCallStarted, index, head.WrittenSpan);
                events.Append(EventKind.ArgumentsDelta, index, Encoding.UTF8.GetBytes(call.Arguments));
                break;
            case ReasoningItem reasoning:
                events.Append(EventKind.ReasoningStarted, index, []);
                events.Append(EventKind.ReasoningDelta, index, Encoding.UTF8.GetBytes(reasoning.Text));
                events.Append(EventKind.ReasoningSealed, index, Encoding.UTF8.GetBytes(reasoning.Encrypted ?? ""));
                break;
            case OpaqueItem opaque:
                var whole = new ArrayBufferWriter<byte>();
                new OpaqueEvent(opaque.Dialect, opaque.Json).Write(whole);
                events.Append(EventKind.OpaqueItem, index, whole.WrittenSpan);
                return;
            default:
                throw new ArgumentOutOfRangeException(nameof(item), item, "A reply has no such item.");
        }

        events.Append(EventKind.ItemEnded, index, []);
    }
}
