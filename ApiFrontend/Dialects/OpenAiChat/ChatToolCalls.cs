using System.Buffers;
using System.Text;
using System.Text.Unicode;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>The tool calls of one stream: numbers them from 0 in the order of their starts, and writes their deltas.</summary>
internal sealed class ChatToolCalls(bool usesFunctions)
{
    private const int LongestNumber = 64;

    private readonly List<(int Item, ToolKind Kind)> _calls = [];

    /// <summary>Whether the client knows only the old <c>function_call</c>.</summary>
    public bool UsesFunctions => usesFunctions;

    /// <summary>Whether a call is whole.</summary>
    public bool HasWhole { get; private set; }

    /// <summary>Notes a call's start or arguments. False for what has no place in this client's form of a reply.</summary>
    public bool Take(in ResponseEvents.Event entry)
    {
        if (entry.Kind != EventKind.ToolCallStarted)
        {
            return IndexOf(entry.Item) >= 0;
        }

        if (usesFunctions && _calls.Count > 0)
        {
            return false;
        }

        _calls.Add((entry.Item, ToolCallHead.Read(entry.Payload).Kind));
        return true;
    }

    /// <summary>Notes that an item is whole.</summary>
    public void End(int item) => HasWhole |= IndexOf(item) >= 0;

    /// <summary>Writes the delta object of an event that was taken.</summary>
    public void WriteDelta(IBufferWriter<byte> output, in ResponseEvents.Event entry)
    {
        var index = IndexOf(entry.Item);
        var isCustom = _calls[index].Kind == ToolKind.Custom;
        if (usesFunctions)
        {
            output.Write("{\"function_call\":{"u8);
        }
        else
        {
            Utf8.TryWrite(output.GetSpan(LongestNumber), $$"""{"tool_calls":[{"index":{{index}},""", out var length);
            output.Advance(length);
        }

        if (entry.Kind == EventKind.ToolCallStarted)
        {
            WriteStart(output, ToolCallHead.Read(entry.Payload), isCustom);
        }
        else
        {
            output.Write(
                usesFunctions ? "\"arguments\":\""u8
                : isCustom ? "\"custom\":{\"input\":\""u8
                : "\"function\":{\"arguments\":\""u8
            );
            JsonText.WriteEscaped(output, entry.Payload);
        }

        output.Write(usesFunctions ? "\"}}"u8 : "\"}}]}"u8);
    }

    private void WriteStart(IBufferWriter<byte> output, ToolCallHead head, bool isCustom)
    {
        if (!usesFunctions)
        {
            output.Write("\"id\":\""u8);
            WriteEscaped(output, head.CallId);
            output.Write(isCustom ? "\",\"type\":\"custom\",\"custom\":{"u8 : "\",\"type\":\"function\",\"function\":{"u8);
        }

        output.Write("\"name\":\""u8);
        WriteEscaped(output, head.Name);
        output.Write(isCustom && !usesFunctions ? "\",\"input\":\""u8 : "\",\"arguments\":\""u8);
    }

    private int IndexOf(int item)
    {
        for (var i = _calls.Count - 1; i >= 0; i--)
        {
            if (_calls[i].Item == item)
            {
                return i;
            }
        }

        return -1;
    }

    private static void WriteEscaped(IBufferWriter<byte> output, string text) =>
        JsonText.WriteEscaped(output, Encoding.UTF8.GetBytes(text));
}
