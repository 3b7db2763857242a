using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>
/// Writes the events of one streamed message. The blocks of a message come one after the other: what belongs to a later item waits until the block before it has
/// ended, since some providers end parallel tool calls together.
/// </summary>
internal sealed class MessagesStreamRenderer : IStreamRenderer
{
    private readonly ResponseHead _head;
    private readonly BlockWriter _blocks = new();
    private readonly List<Waiting> _waiting = [];
    private int? _open;
    private bool _hasBegun;
    private bool _hasCalls;
    private bool _hasRefusal;
    private string? _startUsage;
    private string? _end;

    public MessagesStreamRenderer(in ResponseHead head) => _head = head;

    /// <summary>Whether an event of this kind makes a frame.</summary>
    public static bool MakesFrame(EventKind kind) =>
        kind is not (EventKind.MessageStarted or EventKind.ReasoningStarted or EventKind.Logprobs);

    public void Write(IBufferWriter<byte> output, in ResponseEvents.Event entry)
    {
        if (!MakesFrame(entry.Kind))
        {
            return;
        }

        if (entry.Kind == EventKind.Extension && !TakeExtension(entry))
        {
            return;
        }

        if (_open is { } open && entry.Item != open)
        {
            _waiting.Add(new Waiting(entry.Kind, entry.Item, entry.Payload.ToArray()));
            return;
        }

        WriteEvent(output, entry.Kind, entry.Item, entry.Payload);
        if (_open is null)
        {
            WriteWaiting(output);
        }
    }

    public void WriteEnd(IBufferWriter<byte> output, FinishReason reason, TokenUsage usage)
    {
        Begin(output);
        WriteRest(output);
        output.Write("event: message_delta\ndata: {\"type\":\"message_delta\","u8);
        if (_end is not null)
        {
            Encoding.UTF8.GetBytes(_end, output);
        }
        else
        {
            output.Write("\"delta\":{\"stop_reason\":\""u8);
            output.Write(StopReasons.ToUtf8(reason, _hasCalls, _hasRefusal));
            output.Write("\",\"stop_sequence\":null},\"usage\":"u8);
            MessagesUsage.Write(output, usage);
        }

        output.Write("}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"u8);
    }

    public void WriteError(IBufferWriter<byte> output, ApiError error)
    {
        output.Write("event: error\ndata: "u8);
        MessagesErrors.Write(output, error);
        output.Write("\n\n"u8);
    }

    public void WriteHeartbeat(IBufferWriter<byte> output) => output.Write("event: ping\ndata: {\"type\":\"ping\"}\n\n"u8);

    /// <summary>Notes what belongs to the message as a whole. True for the delta of a block.</summary>
    private bool TakeExtension(in ResponseEvents.Event entry)
    {
        var native = NativeEvent.Read(entry.Payload);
        _startUsage ??= native.Start;
        _end = native.Delta ?? _end;
        return native.IsBlockDelta;
    }

    private void WriteEvent(IBufferWriter<byte> output, EventKind kind, int item, ReadOnlySpan<byte> payload)
    {
        switch (kind)
        {
            case EventKind.ItemEnded:
                if (_open == item)
                {
                    _hasCalls |= _blocks.IsCall;
                    _blocks.WriteStop(output);
                    _open = null;
                }

                return;
            case EventKind.OpaqueItem:
                if (OpaqueEvent.Read(payload) is { Dialect: DialectNames.AnthropicMessages } opaque)
                {
                    Begin(output);
                    _blocks.WriteWhole(output, opaque.Json);
                }

                return;
        }

        Begin(output);
        _hasRefusal |= kind == EventKind.RefusalDelta;
        if (_open is null)
        {
            _open = item;
            _blocks.WriteStart(output, kind, payload);
        }

        _blocks.WriteDelta(output, kind, payload);
    }

    /// <summary>Goes on with the items that waited, each as far as it has come.</summary>
    private void WriteWaiting(IBufferWriter<byte> output)
    {
        while (_open is null && _waiting.Count > 0)
        {
            var item = _waiting[0].Item;
            foreach (var one in _waiting.FindAll(one => one.Item == item))
            {
                WriteEvent(output, one.Kind, one.Item, one.Payload);
            }

            _waiting.RemoveAll(one => one.Item == item);
        }
    }

    /// <summary>At the end: what waits, and the end of every block. A call that waits and is not whole is left out.</summary>
    private void WriteRest(IBufferWriter<byte> output)
    {
        var ended = _waiting.Where(static one => one.Kind == EventKind.ItemEnded).Select(static one => one.Item).ToHashSet();
        var calls = _waiting.Where(static one => one.Kind == EventKind.ToolCallStarted).Select(static one => one.Item).ToHashSet();
        _waiting.RemoveAll(one => calls.Contains(one.Item) && !ended.Contains(one.Item));
        while (_open is not null)
        {
            _blocks.WriteStop(output);
            _open = null;
            WriteWaiting(output);
        }
    }

    private void Begin(IBufferWriter<byte> output)
    {
        if (_hasBegun)
        {
            return;
        }

        _hasBegun = true;
        output.Write("event: message_start\ndata: {\"type\":\"message_start\",\"message\":"u8);
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, _head.ResponseId);
            json.WriteString("type"u8, "message"u8);
            json.WriteString("role"u8, "assistant"u8);
            json.WriteString("model"u8, _head.Model);
            json.WriteStartArray("content"u8);
            json.WriteEndArray();
            json.WriteNull("stop_reason"u8);
            json.WriteNull("stop_sequence"u8);
            json.WritePropertyName("usage"u8);
            json.WriteRawValue(
                _startUsage
                    ?? $$"""{"input_tokens":{{_head.PromptTokens}},"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}"""
            );
            json.WriteEndObject();
        }

        output.Write("}\n\n"u8);
    }

    private readonly record struct Waiting(EventKind Kind, int Item, byte[] Payload);
}
