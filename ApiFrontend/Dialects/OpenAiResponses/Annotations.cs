using System.Buffers;
using System.Text.Json;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>What a text refers to, such as a web page. The log has annotations in the form of Chat, where the members stand in an object of the type's name.</summary>
internal sealed class Annotations : IDisposable
{
    private readonly PooledBytes _list = new();

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Takes an annotation as this dialect has it.</summary>
    public void Add(string json)
    {
        _list.Write(Count == 0 ? ""u8 : ","u8);
        JsonOutput.Raw(_list, json);
        Count++;
    }

    /// <summary>Writes the elements of the list.</summary>
    public void Write(IBufferWriter<byte> output) => output.Write(_list.Written.Span);

    public void Dispose() => _list.Dispose();

    /// <summary>The annotations of an event with fields beyond the neutral ones, each as this dialect has it; none where the event has none.</summary>
    public static List<string> Read(ReadOnlySpan<byte> extension)
    {
        var found = new List<string>();
        try
        {
            var reader = new Utf8JsonReader(extension);
            using var tree = JsonDocument.ParseValue(ref reader);
            var root = LoneSurrogates.Replaced(tree.RootElement);
            if (
                root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("annotations"u8, out var list)
                && list.ValueKind == JsonValueKind.Array
            )
            {
                found.AddRange(list.EnumerateArray().Select(Flat).OfType<string>());
            }
        }
        catch (JsonException)
        {
            // Another provider's fields.
        }

        return found;
    }

    private static string? Flat(JsonElement annotation)
    {
        if (
            annotation.ValueKind != JsonValueKind.Object
            || !annotation.TryGetProperty("type"u8, out var type)
            || type.ValueKind != JsonValueKind.String
            || !annotation.TryGetProperty(type.GetString()!, out var members)
            || members.ValueKind != JsonValueKind.Object
        )
        {
            return null;
        }

        var output = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(output, ItemWriter.Options))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type.GetString());
            foreach (var member in members.EnumerateObject())
            {
                member.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
