using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiChat;

/// <summary>
/// Puts the JSON objects of a stream's deltas together as clients do: texts and arrays are appended, objects are merged, and of anything else the last
/// value stands. For what is rare in a reply: log probabilities and fields that the gateway does not know.
/// </summary>
internal sealed class DeltaMerge
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject _whole = [];

    /// <summary>Merges one delta; what is no JSON object is left out.</summary>
    public void Add(ReadOnlySpan<byte> delta)
    {
        try
        {
            if (JsonNode.Parse(LoneSurrogates.Replaced(delta)) is JsonObject more)
            {
                Merge(_whole, more);
            }
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            // No JSON, or a name that is there twice. Not the client's fault, and the reply is whole without it.
        }
    }

    /// <summary>Writes the object.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Json);
        _whole.WriteTo(json);
    }

    /// <summary>Writes the members into an object that has some, a comma before each.</summary>
    public void WriteMembers(IBufferWriter<byte> output)
    {
        foreach (var (name, value) in _whole)
        {
            output.Write(","u8);
            var member = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(member, Json))
            {
                json.WriteStartObject();
                json.WritePropertyName(name);
                if (value is null)
                {
                    json.WriteNullValue();
                }
                else
                {
                    value.WriteTo(json);
                }

                json.WriteEndObject();
            }

            output.Write(member.WrittenSpan[1..^1]);
        }
    }

    private static void Merge(JsonObject whole, JsonObject more)
    {
        foreach (var (name, value) in more)
        {
            switch (whole[name], value)
            {
                case (JsonObject old, JsonObject added):
                    Merge(old, added);
                    break;
                case (JsonArray old, JsonArray added):
                    foreach (var element in added)
                    {
                        old.Add(element?.DeepClone());
                    }

                    break;
                case (JsonValue old, JsonValue added) when IsText(old) && IsText(added):
                    whole[name] = old.GetValue<string>() + added.GetValue<string>();
                    break;
                case ({ }, null):
                    break;
                default:
                    whole[name] = value?.DeepClone();
                    break;
            }
        }
    }

    private static bool IsText(JsonValue value) => value.GetValueKind() == JsonValueKind.String;
}
