using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlowGpt.Simulator.Json;

/// <summary>Enum values in JSON under their kebab-case names, with an error that lists the names.</summary>
/// <typeparam name="T">The enum.</typeparam>
internal sealed class KebabEnumJsonConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && KebabName<T>.TryParse(reader.GetString(), out var value)
            ? value
            : throw new JsonException($"must be one of {KebabName<T>.List}");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(KebabName<T>.Of(value));

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        KebabName<T>.TryParse(reader.GetString(), out var value) ? value : throw new JsonException($"must be one of {KebabName<T>.List}");

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WritePropertyName(KebabName<T>.Of(value));
}
