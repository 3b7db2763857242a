using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>A response's shape as it is kept.</summary>
internal static partial class ShapeJson
{
    public static string Write(ResponseShape shape) => JsonSerializer.Serialize(shape, Json.Default.ResponseShape);

    public static ResponseShape Read(string json) => JsonSerializer.Deserialize(json, Json.Default.ResponseShape)!;

    [JsonSerializable(typeof(ResponseShape))]
    [JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
    private sealed partial class Json : JsonSerializerContext;
}
