using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlowGpt.Simulator.Json;

/// <summary>A duration in JSON: the text of <see cref="DurationText"/>.</summary>
internal sealed class DurationJsonConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && DurationText.TryParse(reader.GetString(), out var duration)
            ? duration
            : throw new JsonException($"must be {DurationText.Form}");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(DurationText.Format(value));
}
