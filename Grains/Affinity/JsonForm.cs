using System.Buffers;
using System.Text;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Affinity;

/// <summary>One form of JSON that is written in different ways: clients read a call's arguments and write them in another form when they send the history again. Pure.</summary>
internal static class JsonForm
{
    /// <summary>The JSON without white space and with the writer's own escapes, half surrogate pairs as U+FFFD; text that is no JSON stays as it is.</summary>
    public static string Of(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(LoneSurrogates.Replaced(text));
            var buffer = new ArrayBufferWriter<byte>(text.Length + 16);
            using (var writer = new Utf8JsonWriter(buffer))
            {
                document.RootElement.WriteTo(writer);
            }

            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
