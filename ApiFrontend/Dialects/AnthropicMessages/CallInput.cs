using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.AnthropicMessages;

/// <summary>Writes the arguments of a tool call as the object that <c>input</c> must be.</summary>
internal static class CallInput
{
    /// <param name="json">Stands after the name of <c>input</c>.</param>
    /// <param name="arguments">The arguments as the model wrote them.</param>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> arguments)
    {
        if (arguments.Trim((byte)' ').IsEmpty)
        {
            json.WriteStartObject();
            json.WriteEndObject();
            return;
        }

        try
        {
            var reader = new Utf8JsonReader(arguments);
            using var input = JsonDocument.ParseValue(ref reader);
            if (input.RootElement.ValueKind == JsonValueKind.Object && !reader.Read())
            {
                LoneSurrogates.Replaced(input.RootElement).WriteTo(json);
                return;
            }
        }
        catch (JsonException)
        {
            // Written as a text below, so that the client's own check tells the model.
        }

        json.WriteStartObject();
        json.WriteString("arguments"u8, arguments);
        json.WriteEndObject();
    }
}
