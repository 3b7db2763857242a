using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>Writes the blocks of a streamed message and numbers them from 0.</summary>
internal sealed class BlockWriter
{
    private const int LongestNumber = 16;

    private int _index = -1;

    /// <summary>Whether the open block is a tool call.</summary>
    public bool IsCall { get; private set; }

    /// <summary>Begins the block to which an event of this kind belongs.</summary>
    public void WriteStart(IBufferWriter<byte> output, EventKind kind, ReadOnlySpan<byte> payload)
    {
        IsCall = kind == EventKind.ToolCallStarted;
        BeginStart(output);
        switch (kind)
        {
            case EventKind.ToolCallStarted:
                var head = ToolCallHead.Read(payload);
                output.Write("{\"type\":\"tool_use\",\"id\":\""u8);
                WriteText(output, head.CallId);
                output.Write("\",\"name\":\""u8);
                WriteText(output, head.Name);
                output.Write("\",\"caller\":{\"type\":\"direct\"},\"input\":{}}"u8);
                break;
            case EventKind.ReasoningDelta or EventKind.ReasoningSealed:
                output.Write("{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}"u8);
                break;
            default:
                output.Write("{\"type\":\"text\",\"text\":\"\"}"u8);
                break;
        }

        output.Write("}\n\n"u8);
    }

    /// <summary>Writes an event as a delta of the open block; a call's start has none.</summary>
    public void WriteDelta(IBufferWriter<byte> output, EventKind kind, ReadOnlySpan<byte> payload)
    {
        var start = kind switch
        {
            EventKind.TextDelta or EventKind.RefusalDelta => "{\"type\":\"text_delta\",\"text\":\""u8,
            EventKind.ReasoningDelta => "{\"type\":\"thinking_delta\",\"thinking\":\""u8,
            EventKind.ReasoningSealed => "{\"type\":\"signature_delta\",\"signature\":\""u8,
            EventKind.ArgumentsDelta => "{\"type\":\"input_json_delta\",\"partial_json\":\""u8,
            _ => default,
        };
        if (!start.IsEmpty)
        {
            BeginDelta(output);
            output.Write(start);
            JsonText.WriteEscaped(output, payload);
            output.Write("\"}}\n\n"u8);
        }
        else if (kind == EventKind.Extension)
        {
            BeginDelta(output);
            output.Write(payload);
            output.Write("}\n\n"u8);
        }
    }

    /// <summary>Ends the open block.</summary>
    public void WriteStop(IBufferWriter<byte> output)
    {
        WriteHead(output, "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":"u8);
        output.Write("}\n\n"u8);
        IsCall = false;
    }

    /// <summary>Writes a block that only this dialect knows. Clients put the input of a call together from deltas, so the input is sent as a delta.</summary>
    public void WriteWhole(IBufferWriter<byte> output, string block)
    {
        block = LoneSurrogates.Replaced(block);
        using var json = JsonDocument.Parse(block);
        var input = default(JsonElement);
        var hasInput = json.RootElement.TryGetProperty("input", out input) && input.ValueKind == JsonValueKind.Object;
        BeginStart(output);
        if (hasInput)
        {
            WriteWithoutInput(output, json.RootElement);
        }
        else
        {
            Encoding.UTF8.GetBytes(block, output);
        }

        output.Write("}\n\n"u8);
        if (hasInput)
        {
            WriteDelta(output, EventKind.ArgumentsDelta, Encoding.UTF8.GetBytes(input.GetRawText()));
        }

        WriteStop(output);
    }

    private static void WriteWithoutInput(IBufferWriter<byte> output, JsonElement block)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        foreach (var member in block.EnumerateObject())
        {
            if (member.NameEquals("input"u8))
            {
                json.WriteStartObject("input"u8);
                json.WriteEndObject();
            }
            else
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }

    private void BeginStart(IBufferWriter<byte> output)
    {
        _index++;
        WriteHead(output, "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":"u8);
        output.Write(",\"content_block\":"u8);
    }

    private void BeginDelta(IBufferWriter<byte> output)
    {
        WriteHead(output, "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"u8);
        output.Write(",\"delta\":"u8);
    }

    private void WriteHead(IBufferWriter<byte> output, ReadOnlySpan<byte> head)
    {
        output.Write(head);
        Utf8Formatter.TryFormat(_index, output.GetSpan(LongestNumber), out var length);
        output.Advance(length);
    }

    private static void WriteText(IBufferWriter<byte> output, string text) => JsonText.WriteEscaped(output, Encoding.UTF8.GetBytes(text));
}
