using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>Gathers one message and writes it as a whole. A tool call that has not ended is left out, and so is a block without content.</summary>
internal sealed class MessagesWholeRenderer : IWholeRenderer
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // In the order of their first content, as a stream has them.
    private readonly List<Block> _blocks = [];
    private string? _end;

    public void Add(in ResponseEvents.Event entry)
    {
        if (entry.Kind is EventKind.MessageStarted or EventKind.ReasoningStarted or EventKind.Logprobs)
        {
            return;
        }

        if (entry.Kind == EventKind.Extension)
        {
            var native = NativeEvent.Read(entry.Payload);
            _end = native.Delta ?? _end;
            if (!native.IsBlockDelta)
            {
                return;
            }
        }

        var item = entry.Item;
        var block = _blocks.Find(block => block.Item == item);
        if (block is null)
        {
            _blocks.Add(block = new Block(item));
        }

        block.Take(entry);
    }

    public void Clear()
    {
        _blocks.Clear();
        _end = null;
    }

    public void Write(IBufferWriter<byte> output, in ResponseHead head, FinishReason reason, TokenUsage usage)
    {
        using var json = new Utf8JsonWriter(output, Json);
        json.WriteStartObject();
        json.WriteString("id"u8, head.ResponseId);
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("model"u8, head.Model);
        json.WriteStartArray("content"u8);
        foreach (var block in _blocks)
        {
            block.Write(json);
        }

        json.WriteEndArray();
        WriteEnd(json, reason, usage);
        json.WriteEndObject();
    }

    public void Dispose() { }

    private void WriteEnd(Utf8JsonWriter json, FinishReason reason, TokenUsage usage)
    {
        if (_end is not null)
        {
            using var end = JsonDocument.Parse($"{{{_end}}}");
            foreach (var member in end.RootElement.GetProperty("delta").EnumerateObject())
            {
                member.WriteTo(json);
            }

            end.RootElement.EnumerateObject().Single(static member => member.NameEquals("usage"u8)).WriteTo(json);
            return;
        }

        var hasCalls = _blocks.Any(static block => block.IsWholeCall);
        json.WriteString("stop_reason"u8, StopReasons.ToUtf8(reason, hasCalls, _blocks.Any(static block => block.HasRefusal)));
        json.WriteNull("stop_sequence"u8);
        json.WritePropertyName("usage"u8);
        var counts = new ArrayBufferWriter<byte>(128);
        MessagesUsage.Write(counts, usage);
        json.WriteRawValue(counts.WrittenSpan, skipInputValidation: true);
    }

    /// <summary>One block while its events are read.</summary>
    private sealed class Block(int item)
    {
        private readonly ArrayBufferWriter<byte> _text = new(256);
        private EventKind _kind;
        private ToolCallHead _head;
        private string? _signature;
        private string? _opaque;
        private JsonArray? _citations;
        private bool _hasEnded;

        public int Item => item;

        public bool HasRefusal { get; private set; }

        public bool IsWholeCall => _hasEnded && _kind == EventKind.ToolCallStarted;

        public void Take(in ResponseEvents.Event entry)
        {
            switch (entry.Kind)
            {
                case EventKind.TextDelta or EventKind.RefusalDelta or EventKind.ArgumentsDelta or EventKind.ReasoningDelta:
                    _text.Write(entry.Payload);
                    HasRefusal |= entry.Kind == EventKind.RefusalDelta;
                    _kind = _kind == EventKind.ToolCallStarted ? _kind : entry.Kind;
                    break;
                case EventKind.ReasoningSealed:
                    _kind = EventKind.ReasoningDelta;
                    _signature = Encoding.UTF8.GetString(entry.Payload);
                    break;
                case EventKind.ToolCallStarted:
                    _kind = entry.Kind;
                    _head = ToolCallHead.Read(entry.Payload);
                    break;
                case EventKind.OpaqueItem when OpaqueEvent.Read(entry.Payload) is { Dialect: DialectNames.AnthropicMessages } opaque:
                    _opaque = opaque.Json;
                    break;
                case EventKind.Extension:
                    (_citations ??= []).Add(JsonNode.Parse(LoneSurrogates.Replaced(entry.Payload))!["citation"]?.DeepClone());
                    break;
                case EventKind.ItemEnded:
                    _hasEnded = true;
                    break;
            }
        }

        public void Write(Utf8JsonWriter json)
        {
            switch (_kind)
            {
                case var _ when _opaque is not null:
                    json.WriteRawValue(_opaque);
                    break;
                case EventKind.ToolCallStarted:
                    if (_hasEnded)
                    {
                        WriteCall(json);
                    }

                    break;
                case EventKind.ReasoningDelta:
                    json.WriteStartObject();
                    json.WriteString("type"u8, "thinking"u8);
                    json.WriteString("thinking"u8, _text.WrittenSpan);
                    json.WriteString("signature"u8, _signature ?? "");
                    json.WriteEndObject();
                    break;
                case EventKind.TextDelta or EventKind.RefusalDelta:
                    json.WriteStartObject();
                    json.WriteString("type"u8, "text"u8);
                    json.WriteString("text"u8, _text.WrittenSpan);
                    if (_citations is not null)
                    {
                        json.WritePropertyName("citations"u8);
                        _citations.WriteTo(json);
                    }

                    json.WriteEndObject();
                    break;
            }
        }

        private void WriteCall(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "tool_use"u8);
            json.WriteString("id"u8, _head.CallId);
            json.WriteString("name"u8, _head.Name);
            json.WriteStartObject("caller"u8);
            json.WriteString("type"u8, "direct"u8);
            json.WriteEndObject();
            json.WritePropertyName("input"u8);
            CallInput.Write(json, _text.WrittenSpan);
            json.WriteEndObject();
        }
    }
}
