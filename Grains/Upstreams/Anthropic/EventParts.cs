using System.Text.Json;

namespace FlowGpt.Grains.Upstreams.Anthropic;

internal enum EventType
{
    Unknown,
    MessageStart,
    BlockStart,
    BlockDelta,
    BlockStop,
    MessageDelta,
    MessageStop,
    Error,
    Message,
}

/// <summary>The members of an event, whose order does not matter. Without allocations: each member is a reader that is at its value.</summary>
internal ref struct EventParts
{
    public EventType Type;
    public int Index;
    public bool HasDelta;
    public bool HasUsage;
    public Utf8JsonReader Delta;
    public Utf8JsonReader Block;
    public Utf8JsonReader Message;
    public Utf8JsonReader Usage;

    /// <exception cref="JsonException">The event is not a JSON object.</exception>
    public static EventParts Read(Utf8JsonReader json)
    {
        var parts = new EventParts();
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("An event is not an object.");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8))
            {
                json.Read();
                parts.Type = json.TokenType == JsonTokenType.String ? TypeOf(ref json) : EventType.Unknown;
            }
            else if (json.ValueTextEquals("index"u8))
            {
                json.Read();
                parts.Index = json.GetInt32();
            }
            else if (json.ValueTextEquals("delta"u8))
            {
                json.Read();
                parts.Delta = json;
                parts.HasDelta = json.TokenType == JsonTokenType.StartObject;
            }
            else if (json.ValueTextEquals("content_block"u8))
            {
                json.Read();
                parts.Block = json;
            }
            else if (json.ValueTextEquals("message"u8))
            {
                json.Read();
                parts.Message = json;
            }
            else if (json.ValueTextEquals("usage"u8))
            {
                json.Read();
                parts.Usage = json;
                parts.HasUsage = json.TokenType == JsonTokenType.StartObject;
            }
            else
            {
                json.Read();
            }

            json.Skip();
        }

        // Reads past the end: anything but white space after the object is an error.
        json.Read();
        return parts;
    }

    private static EventType TypeOf(ref Utf8JsonReader json) =>
        json.ValueTextEquals("content_block_delta"u8) ? EventType.BlockDelta
        : json.ValueTextEquals("content_block_start"u8) ? EventType.BlockStart
        : json.ValueTextEquals("content_block_stop"u8) ? EventType.BlockStop
        : json.ValueTextEquals("message_start"u8) ? EventType.MessageStart
        : json.ValueTextEquals("message_delta"u8) ? EventType.MessageDelta
        : json.ValueTextEquals("message_stop"u8) ? EventType.MessageStop
        : json.ValueTextEquals("error"u8) ? EventType.Error
        : json.ValueTextEquals("message"u8) ? EventType.Message
        : EventType.Unknown;
}

internal enum DeltaKind
{
    Other,
    Text,
    Thinking,
    Signature,
    Input,
}

/// <summary>The members of a block's delta: its kind and its text as it stands inside a JSON string.</summary>
internal ref struct DeltaParts
{
    public DeltaKind Kind;
    public bool IsCitation;
    public ReadOnlySpan<byte> Text;
    public bool IsEscaped;

    public static DeltaParts Read(Utf8JsonReader json)
    {
        var parts = new DeltaParts();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("type"u8))
            {
                json.Read();
                parts.IsCitation = json.TokenType == JsonTokenType.String && json.ValueTextEquals("citations_delta"u8);
                parts.Kind = json.TokenType == JsonTokenType.String ? KindOf(ref json) : DeltaKind.Other;
            }
            else if (
                json.ValueTextEquals("text"u8)
                || json.ValueTextEquals("thinking"u8)
                || json.ValueTextEquals("signature"u8)
                || json.ValueTextEquals("partial_json"u8)
            )
            {
                json.Read();
                if (json.TokenType == JsonTokenType.String)
                {
                    parts.Text = json.ValueSpan;
                    parts.IsEscaped = json.ValueIsEscaped;
                }
            }
            else
            {
                json.Read();
            }

            json.Skip();
        }

        return parts;
    }

    private static DeltaKind KindOf(ref Utf8JsonReader json) =>
        json.ValueTextEquals("text_delta"u8) ? DeltaKind.Text
        : json.ValueTextEquals("input_json_delta"u8) ? DeltaKind.Input
        : json.ValueTextEquals("thinking_delta"u8) ? DeltaKind.Thinking
        : json.ValueTextEquals("signature_delta"u8) ? DeltaKind.Signature
        : DeltaKind.Other;
}
