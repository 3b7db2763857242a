using System.Buffers;
using System.Text;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>What only the Responses protocol has: the ends of items, sealed reasoning, and items of the provider's own tools.</summary>
internal sealed partial class ChatReplyItems
{
    /// <summary>Ends the message or the reasoning that is open.</summary>
    public void EndOpen()
    {
        EndReasoning();
        EndMessage();
    }

    /// <summary>The sealed form of the reasoning that is open; reasoning begins where none is.</summary>
    public void SealReasoning(string text)
    {
        if (_reasoning == None)
        {
            EndMessage();
            _reasoning = Start(EventKind.ReasoningStarted, []);
        }

        Give(EventKind.ReasoningSealed, _reasoning, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>What a text of the message refers to, such as a web page; in the form that Chat has for it, so that clients of both protocols get it.</summary>
    public void Annotation(JsonElement annotation)
    {
        if (
            _message == None
            || annotation.ValueKind != JsonValueKind.Object
            || !annotation.TryGetProperty("type"u8, out var type)
            || type.ValueKind != JsonValueKind.String
        )
        {
            return;
        }

        var payload = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(payload, ChatRequestWriter.JsonOptions))
        {
            json.WriteStartObject();
            json.WriteStartArray("annotations"u8);
            json.WriteStartObject();
            json.WriteString("type"u8, type.GetString());
            json.WriteStartObject(type.GetString()!);
            foreach (var member in annotation.EnumerateObject().Where(static member => member.Name != "type"))
            {
                member.WriteTo(json);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        Give(EventKind.Extension, _message, payload.WrittenSpan);
    }

    /// <summary>An item that only the Responses protocol knows, whole.</summary>
    public void Opaque(string json)
    {
        EndOpen();
        var payload = new ArrayBufferWriter<byte>(json.Length + 64);
        new OpaqueEvent(DialectNames.OpenAiResponses, json).Write(payload);
        Start(EventKind.OpaqueItem, payload.WrittenSpan);
    }
}
